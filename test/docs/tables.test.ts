/** The generated parts of the documents against the tables of the code. */
import { describe, expect, it } from "vitest";
import { GENERATED } from "../../scripts/docs-files.ts";
import { fillTables } from "../../scripts/docs-tables.ts";
import { RESERVED_MESSAGE_TYPES } from "../../src/protocol/message-types.ts";
import { readOwn } from "../support/own-settings.ts";
import { DOCUMENTS } from "./documents.ts";

const PROTOCOL = readOwn("PROTOCOL.md");

/** What begins a generated part, in every document. */
const MARK = /^<!-- \w+: .+ -->$/m;

describe("the generated parts of a document", () => {
  it.each(Object.entries(GENERATED))("are what the code prints: %s", (file, fill) => {
    const document = readOwn(file);
    expect(document).toMatch(MARK);
    // `npm run docs` writes them.
    expect(document).toBe(fill(document));
  });

  it("stand only in documents that `npm run docs` writes", () => {
    const marked = DOCUMENTS.filter((file) => MARK.test(readOwn(file)));
    expect(marked.toSorted()).toEqual(Object.keys(GENERATED).toSorted());
  });

  it("include every table of the wire in PROTOCOL.md", () => {
    const names = Array.from(PROTOCOL.matchAll(/<!-- table: (.+) -->/g), ([, name]) => name);
    expect(names).toEqual([
      "payload types",
      "message types",
      "error codes",
      "faults",
      "close codes",
    ]);
    expect(PROTOCOL.match(/<!-- end -->/g)).toHaveLength(names.length);
  });

  it("have as many cells in every row of PROTOCOL.md as in the head of its table", () => {
    const rows = PROTOCOL.split("\n").map((line) =>
      line.startsWith("| ") ? line.split(" | ").length : 0,
    );
    const uneven = rows.filter(
      (cells, at) => cells > 0 && (rows[at - 1] ?? 0) > 0 && cells !== rows[at - 1],
    );
    expect(uneven).toEqual([]);
  });
});

describe("fillTables", () => {
  it("replaces what stands between the marks and nothing else", () => {
    const marks = "before\n<!-- table: close codes -->\nold\n<!-- end -->\nafter\n";
    const filled = fillTables(marks);
    expect(filled).toMatch(
      /^before\n<!-- table: close codes -->\n\| code \|[^]*\| 1000 \|[^]*<!-- end -->\nafter\n$/,
    );
    expect(filled).not.toContain("old");
    expect(fillTables(filled)).toBe(filled);
    expect(fillTables("no table")).toBe("no table");
  });

  it("throws for a table that does not exist", () => {
    expect(() => fillTables("<!-- table: colours -->\n<!-- end -->")).toThrow(
      'there is no table named "colours"',
    );
  });
});

describe("PROTOCOL.md", () => {
  it("[MT3] reserves the values that the code keeps free", () => {
    const values = RESERVED_MESSAGE_TYPES.map(({ first, last }) =>
      first === last ? hex(first) : `${hex(first)}-${hex(last)}`,
    );
    expect(PROTOCOL).toContain(`\n  ${values.join(", ")}.\n`);
  });
});

function hex(value: number): string {
  return `0x${value.toString(16).toUpperCase()}`;
}
