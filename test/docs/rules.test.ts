/** The rules of PROTOCOL.md against the places that cite them: the table of faults, the code, the titles of the tests. */
import { describe, expect, it } from "vitest";
import { FAULTS } from "../../src/protocol/errors.ts";
import { readOwn } from "../support/own-settings.ts";
import { sourceFiles } from "../support/source-files.ts";
import { testTitles } from "../support/test-titles.ts";

const RULE = /[A-Z]{2}\d+/g;

/** As PROTOCOL.md defines them: `- **FR1** …`, in its order. */
const rules = Array.from(
  readOwn("PROTOCOL.md").matchAll(/^- \*\*([A-Z]{2}\d+)\*\* /gm),
  ([, id]) => id ?? "",
);
const groups = new Set(rules.map((id) => id.slice(0, 2)));

/** What titles cite: the suites that several worlds share are in files of their own, so every file of test/ counts. */
const cited = sourceFiles("test")
  .filter(({ path }) => path !== "test/docs/rules.test.ts")
  .flatMap(({ path, text }) => citedIn(text).map((id) => ({ path, id })));

/** `[SI6]` in a title, and, where a title begins with `[%s]`, each string of the file that is an id: a row of the test's table. */
function citedIn(text: string): string[] {
  return testTitles(text).flatMap(({ title }) => {
    const ids = Array.from(title.matchAll(/\[([A-Z]{2}\d+)\]/g), ([, id]) => id ?? "");
    if (!title.includes("[%s]")) return ids;
    return [...ids, ...Array.from(text.matchAll(/\["([A-Z]{2}\d+)",/g), ([, id]) => id ?? "")];
  });
}

describe("the rules", () => {
  it("have ids of their own, counted from 1 in each group", () => {
    expect(rules.length).toBeGreaterThan(50);
    expect(new Set(rules).size).toBe(rules.length);
    for (const group of groups) {
      const numbers = rules.filter((id) => id.startsWith(group)).map((id) => Number(id.slice(2)));
      expect(numbers).toEqual(numbers.map((_, at) => at + 1));
    }
  });

  it("are each cited by the title of a test", () => {
    const shown = new Set(cited.map(({ id }) => id));
    expect(rules.filter((id) => !shown.has(id))).toEqual([]);
  });
});

describe("a citation", () => {
  it("in the table of faults names a rule", () => {
    const unknown = Object.entries(FAULTS).filter(([, row]) => !rules.includes(row.rule));
    expect(unknown).toEqual([]);
  });

  it("in the title of a test names a rule", () => {
    expect(cited.length).toBeGreaterThan(rules.length);
    expect(cited.filter(({ id }) => !rules.includes(id))).toEqual([]);
  });

  it("in the code names a rule", () => {
    const unknown = sourceFiles("src").flatMap(({ path, text }) =>
      (text.match(RULE) ?? [])
        // Other things are two letters and a number too (ES2026).
        .filter((id) => groups.has(id.slice(0, 2)) && !rules.includes(id))
        .map((id) => ({ path, id })),
    );
    expect(unknown).toEqual([]);
  });
});

describe("the titles of a file", () => {
  it("are found in every form in which a test is written, and in no comment", () => {
    const source = [
      'it("[FR1] one", () => {});',
      '// it("[FR2] in a comment")',
      'it.each([{ a: ")" }, { a: "(" }])("[FR3] two: $a", () => {});',
      "describe.each(rows.map((row) => row))(`[FR4] ${name}`, () => {",
      '  it.skipIf(process.platform === "win32").each(rows)(',
      '    "[FR5] three",',
      "  );",
      "/* test('[FR6] in another') */ test('[FR7] four');",
      'it("[FR8] http://host/ is no comment");',
      'expect("it(").toBe(unit("[XX1] no test"));',
    ].join("\n");
    const ids = testTitles(source).map(({ title }) => title.slice(1, 4));
    expect(ids).toEqual(["FR1", "FR3", "FR4", "FR5", "FR7", "FR8"]);
  });
});
