/** The rules of PROTOCOL.md against the places that cite them: the table of faults, the code, the titles of the tests. */
import { describe, expect, it } from "vitest";
import { FAULTS } from "../../src/protocol/errors.ts";
import { readOwn } from "../support/own-settings.ts";
import { sourceFiles } from "../support/source-files.ts";

const RULE = /[A-Z]{2}\d+/g;

/** As PROTOCOL.md defines them: `- **FR1** …`, in its order. */
const rules = Array.from(
  readOwn("PROTOCOL.md").matchAll(/^- \*\*([A-Z]{2}\d+)\*\* /gm),
  ([, id]) => id ?? "",
);
const groups = new Set(rules.map((id) => id.slice(0, 2)));

/** An id in brackets anywhere in a test: the suites that several worlds share are in files of their own. */
const cited = sourceFiles("test").flatMap(({ path, text }) =>
  Array.from(text.matchAll(/\[([A-Z]{2}\d+)\]/g), ([, id]) => ({ path, id: id ?? "" })),
);

describe("the rules", () => {
  it("have ids of their own, counted from 1 in each group", () => {
    expect(rules.length).toBeGreaterThan(50);
    expect(new Set(rules).size).toBe(rules.length);
    for (const group of groups) {
      const numbers = rules.filter((id) => id.startsWith(group)).map((id) => Number(id.slice(2)));
      expect(numbers).toEqual(numbers.map((_, at) => at + 1));
    }
  });

  it("are each cited by a test", () => {
    const shown = new Set(cited.map(({ id }) => id));
    expect(rules.filter((id) => !shown.has(id))).toEqual([]);
  });
});

describe("a citation", () => {
  it("in the table of faults is of a rule", () => {
    const strangers = Object.entries(FAULTS).filter(([, row]) => !rules.includes(row.rule));
    expect(strangers).toEqual([]);
  });

  it("in a test is of a rule", () => {
    expect(cited.length).toBeGreaterThan(rules.length);
    expect(cited.filter(({ id }) => !rules.includes(id))).toEqual([]);
  });

  it("in the code is of a rule", () => {
    const strangers = sourceFiles("src").flatMap(({ path, text }) =>
      (text.match(RULE) ?? [])
        // Other things are two letters and a number too (ES2026).
        .filter((id) => groups.has(id.slice(0, 2)) && !rules.includes(id))
        .map((id) => ({ path, id })),
    );
    expect(strangers).toEqual([]);
  });
});
