/** The numbers that the documents show against those that the bench has written. */
import { existsSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { fillBench } from "../../scripts/docs-bench.ts";
import { readOwn } from "../support/own-settings.ts";

describe("what the bench measured", () => {
  it.each(["README.md", "bench/README.md"])(
    "is what its results say: %s (`npm run docs` writes it)",
    (file) => {
      const document = readOwn(file);
      expect(document).toContain("<!-- bench: ");
      expect(document).toBe(fillBench(document));
    },
  );

  it("is shown by the README as a chart that is there", () => {
    const [, path] = /!\[[^\]]*\]\((bench\/results\/[^)]*)\)/.exec(readOwn("README.md")) ?? [];
    expect(path).toBe("bench/results/chart.svg");
    expect(existsSync("bench/results/chart.svg")).toBe(true);
  });

  it("that nobody measures is a throw, not an empty table", () => {
    expect(() => fillBench("<!-- bench: luck -->\n<!-- end -->")).toThrow(
      'no part of the bench is named "luck"',
    );
  });
});
