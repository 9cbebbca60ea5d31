/** How fast offers may follow each other, and who may make the first. `negotiation.ts` waits accordingly. */

/** A loop of renegotiations is slowed to this rate. */
export const OFFERS_PER_SECOND = 8;

/** How long the polite side waits for the other's first offer: a round trip around the world, with a margin. */
export const HEAD_START_MS = 500;
