/** What the documents say against what the code does. */
import { describe, expect, it } from "vitest";
import { fillTables } from "../../scripts/docs-tables.ts";
import { RESERVED_MESSAGE_TYPES } from "../../src/protocol/messages/table.ts";
import { readOwn } from "../support/own-settings.ts";

const PROTOCOL = readOwn("PROTOCOL.md");

describe("a generated table", () => {
  it.each(["README.md", "PROTOCOL.md", "docs/metrics.md"])(
    "is what the code prints: %s (`npm run docs` writes it)",
    (file) => {
      const document = readOwn(file);
      expect(document).toBe(fillTables(document));
    },
  );

  it("is in PROTOCOL.md for each table of the wire", () => {
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

  it("is filled between its marks, wherever it stands, and nothing else is changed", () => {
    const marks = "before\n<!-- table: close codes -->\nold\n<!-- end -->\nafter\n";
    const filled = fillTables(marks);
    expect(filled).toMatch(
      /^before\n<!-- table: close codes -->\n\| code \|[^]*\| 1000 \|[^]*<!-- end -->\nafter\n$/,
    );
    expect(filled).not.toContain("old");
    expect(fillTables(filled)).toBe(filled);
    expect(fillTables("no table")).toBe("no table");
  });

  it("that nobody knows is a throw, not an empty table", () => {
    expect(() => fillTables("<!-- table: colours -->\n<!-- end -->")).toThrow(
      'no table is named "colours"',
    );
  });

  it("has as many cells in every row as in its head", () => {
    const rows = PROTOCOL.split("\n").map((line) =>
      line.startsWith("| ") ? line.split(" | ").length : 0,
    );
    const uneven = rows.filter(
      (cells, at) => cells > 0 && (rows[at - 1] ?? 0) > 0 && cells !== rows[at - 1],
    );
    expect(uneven).toEqual([]);
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
