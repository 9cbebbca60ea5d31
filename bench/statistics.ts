/** The few statistics that the tables print. Pure. */

export interface Spread {
  readonly median: number;
  /** The quartiles: half of the values lie between them. The extremes would say more of the machine than of the server. */
  readonly low: number;
  readonly high: number;
}

/** @throws RangeError for no values. */
export function spread(values: readonly number[]): Spread {
  if (values.length === 0) throw new RangeError("spread needs at least one value");
  const sorted = values.toSorted((a, b) => a - b);
  return {
    median: quantile(sorted, 0.5),
    low: quantile(sorted, 0.25),
    high: quantile(sorted, 0.75),
  };
}

/** The ratio of two quantities that were measured in pairs, with the interval that holds it in 95 of 100 experiments. */
export interface PairedRatio {
  readonly estimate: number;
  readonly low: number;
  readonly high: number;
}

/** The normal distribution's, for 95 % on both sides. */
const Z_95 = 1.96;

/**
 * The Hodges-Lehmann estimate of the ratios, one per pair, and the interval that belongs to Wilcoxon's signed-rank test.
 * Both are of the logarithms, so that a ratio and its inverse are equally far from 1. They assume no distribution but that
 * the logarithms lie symmetrically, and a disturbed pair moves them little. With fewer than six pairs no interval reaches
 * 95 %: then it is everything that the pairs allow.
 * @throws RangeError for no ratios.
 */
export function pairedRatio(ratios: readonly number[]): PairedRatio {
  if (ratios.length === 0) throw new RangeError("pairedRatio needs at least one ratio");
  const logarithms = ratios.map(Math.log);
  const averages = logarithms
    .flatMap((one, at) => logarithms.slice(at).map((other) => (one + other) / 2))
    .toSorted((a, b) => a - b);
  const count = ratios.length;
  const deviation = Math.sqrt((count * (count + 1) * (2 * count + 1)) / 24);
  const rank = Math.max(1, Math.floor((count * (count + 1)) / 4 - Z_95 * deviation));
  return {
    estimate: Math.exp(quantile(averages, 0.5)),
    low: Math.exp(averages[rank - 1] ?? Number.NaN),
    high: Math.exp(averages[averages.length - rank] ?? Number.NaN),
  };
}

/** A quantile that falls between two values is taken between them. */
function quantile(sorted: readonly number[], share: number): number {
  const at = (sorted.length - 1) * share;
  const [low = Number.NaN, high = low] = sorted.slice(Math.floor(at), Math.floor(at) + 2);
  return low + (high - low) * (at - Math.floor(at));
}
