/** The few statistics the tables print. Pure. */

export interface Spread {
  readonly median: number;
  /** The quartiles: half of the values lie between them. The extremes would tell of the machine alone. */
  readonly low: number;
  readonly high: number;
}

/** @throws RangeError for no values: a bench without a round has nothing to say. */
export function spread(values: readonly number[]): Spread {
  if (values.length === 0) throw new RangeError("spread wants at least one value");
  const sorted = values.toSorted((a, b) => a - b);
  return {
    median: quantile(sorted, 0.5),
    low: quantile(sorted, 0.25),
    high: quantile(sorted, 0.75),
  };
}

/** Between two values where it falls between them. */
function quantile(sorted: readonly number[], share: number): number {
  const at = (sorted.length - 1) * share;
  const [low = Number.NaN, high = low] = sorted.slice(Math.floor(at), Math.floor(at) + 2);
  return low + (high - low) * (at - Math.floor(at));
}
