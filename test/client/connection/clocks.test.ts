/** Each line of the README's table of clocks, on a clock that a test turns by hand. */
import { describe, expect, it } from "vitest";
import { CLOCK_RULES } from "../../../src/client/connection/policy.ts";
import { ENDS } from "./clocks/ends.ts";
import { NEWS } from "./clocks/news.ts";
import { PAUSES } from "./clocks/pauses.ts";
import { REASONS } from "./clocks/reasons.ts";
import { SESSION } from "./clocks/session.ts";

type Rule = keyof typeof CLOCK_RULES;

const TESTS: Readonly<Record<Rule, () => Promise<void>>> = {
  ...SESSION,
  ...NEWS,
  ...PAUSES,
  ...ENDS,
  ...REASONS,
};

describe("the client's clocks", () => {
  it("have one test for each line of the table", () => {
    expect(Object.keys(TESTS).toSorted()).toEqual(Object.keys(CLOCK_RULES).toSorted());
  });

  // Object.keys widens to string, but they are the table's own.
  for (const rule of Object.keys(CLOCK_RULES) as Rule[]) {
    const [when, does] = CLOCK_RULES[rule];
    it(`When ${when}, the client ${does}`, TESTS[rule]);
  }
});
