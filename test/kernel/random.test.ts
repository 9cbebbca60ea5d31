import { describe, expect, it } from "vitest";
import { Random } from "./random.ts";

function numbers(random: Random, count = 5): number[] {
  return Array.from({ length: count }, () => random.uint32());
}

describe("a random generator", () => {
  it("gives the same numbers for the same seed, on every machine", () => {
    expect(numbers(new Random(7))).toEqual(numbers(new Random(7)));
    expect(numbers(new Random(1), 3)).toEqual([2691112134, 3331828637, 869309294]);
  });

  it("gives other numbers for a seed next to it", () => {
    expect(numbers(new Random(7))).not.toEqual(numbers(new Random(8)));
  });

  it("forks into generators that depend on seed and label alone, not on what was drawn before", () => {
    const [used, unused] = [new Random(7), new Random(7)];
    numbers(used);
    expect(numbers(used.fork("latency"))).toEqual(numbers(unused.fork("latency")));
    expect(numbers(used.fork("latency"))).not.toEqual(numbers(used.fork("storage")));
  });

  it("draws nothing where the answer is certain", () => {
    const [one, other] = [new Random(7), new Random(7)];
    expect([one.happens(0), one.happens(1), one.between(3, 3)]).toEqual([false, true, 3]);
    expect(numbers(one)).toEqual(numbers(other));
  });

  it("keeps to its bounds and reaches all of them", () => {
    const random = new Random(7);
    const drawn = new Set(Array.from({ length: 1000 }, () => random.below(4)));
    expect([...drawn].toSorted()).toEqual([0, 1, 2, 3]);
    const heads = Array.from({ length: 10_000 }, () => random.happens(0.25)).filter(Boolean);
    expect(heads.length).toBeGreaterThan(2200);
    expect(heads.length).toBeLessThan(2800);
    expect(random.uuid()).toMatch(
      /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}$/,
    );
    expect(() => random.pick([])).toThrow("nothing to pick from");
  });
});
