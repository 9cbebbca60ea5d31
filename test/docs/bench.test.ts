/** What README.md and bench/README.md show of the bench's results. */
import { existsSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { fillBench } from "../../scripts/docs-bench.ts";
import { readOwn } from "../support/own-settings.ts";

describe("the bench's results", () => {
  it.each(["README.md", "bench/README.md"])("are shown by %s", (file) => {
    // That they are the latest ones is held by tables.test.ts, for every generated part.
    expect(readOwn(file)).toContain("<!-- bench: ");
  });

  it("are shown by the README as a chart, and the chart exists", () => {
    const [, path] = /!\[[^\]]*\]\((bench\/results\/[^)]*)\)/.exec(readOwn("README.md")) ?? [];
    expect(path).toBe("bench/results/chart.svg");
    expect(existsSync("bench/results/chart.svg")).toBe(true);
  });
});

describe("fillBench", () => {
  it("throws for a part of the bench that does not exist", () => {
    expect(() => fillBench("<!-- bench: luck -->\n<!-- end -->")).toThrow(
      'there is no bench named "luck"',
    );
  });
});
