/** What one flap does: how the hub goes and comes, and what both sides wish for meanwhile. Pure: a seed decides. */
import type { Random } from "../../kernel/random.ts";
import type { Side, Wish, WishKind } from "./page-api.ts";

/** `refuse`: connections break and new ones are refused. `swallow`: all is lost in silence, and at the end connections break. */
export type CutMode = "refuse" | "swallow";

/** The way to the hub breaks for some sides, and is whole again later. */
export interface Cut {
  readonly sides: readonly Side[];
  /** Whether it comes only once the clients are connected again. A second cut at that moment meets half of what they say. */
  readonly whenBack: boolean;
  readonly delayMs: number;
  readonly mode: CutMode;
  readonly lastsMs: number;
}

export interface Flap {
  /** One after the other. */
  readonly cuts: readonly Cut[];
  readonly wishes: readonly [readonly Wish[], readonly Wish[]];
}

/** Within this time after the beginning of a flap both sides make their wishes. */
const WISHES_WITHIN_MS = 1_500;

const WISH_KINDS: readonly WishKind[] = ["add", "add", "turn", "remove-track", "restart-ice"];

/** Mostly the hub itself goes, for both sides; sometimes one side loses its network. */
const SIDES: readonly (readonly Side[])[] = [[0, 1], [0, 1], [0], [1]];

export function planFlap(random: Random): Flap {
  const cuts = Array.from({ length: 1 + random.below(3) }, (_, index) => planCut(random, index));
  return { cuts, wishes: [planWishes(random), planWishes(random)] };
}

function planCut(random: Random, index: number): Cut {
  const whenBack = index > 0 && random.happens(0.7);
  return {
    sides: random.pick(SIDES),
    whenBack,
    delayMs: random.below(whenBack ? 60 : 500),
    mode: random.pick<CutMode>(["refuse", "swallow"]),
    lastsMs: 50 + random.below(500),
  };
}

function planWishes(random: Random): Wish[] {
  return Array.from({ length: 1 + random.below(3) }, () => ({
    kind: random.pick(WISH_KINDS),
    atMs: random.below(WISHES_WITHIN_MS),
    choice: random.fraction(),
  }));
}
