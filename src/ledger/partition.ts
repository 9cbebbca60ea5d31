/** The line of a hub: what is published in order, under one ordering key, in requests of its own. Pure, and the same for ever. */
import { isPerClientHub } from "../hub/placement.ts";
import { fnv1a } from "../protocol/fnv1a.ts";

/**
 * Lines that the hubs of single clients share. A publish request holds one key, and a line for each of them would make it a
 * request an event; so many lines still leave four requests at once enough to choose from, and a line that has trouble
 * holds up a 64th.
 */
export const CLIENT_PARTITIONS = 64;

/** A hub always has the same line, so whatever else is in that, the hub's own events stay in order. */
export function lineOf(hub: string): string {
  return isPerClientHub(hub) ? `clients-${lineIndex(hub)}` : hub;
}

/** 2^32 divided by the golden ratio: multiplicative hashing (Knuth, The Art of Computer Programming 3, section 6.4). */
const GOLDEN = 0x9e3779b9;

const CLIENT_LINE_BITS = Math.log2(CLIENT_PARTITIONS);

/**
 * From the top bits of a product. A remainder would be that by which the hub's Ledger is chosen, for any salt too: FNV's low
 * bits come of the low bits of the text alone, so of two Ledgers each would fill half of the lines.
 */
function lineIndex(hub: string): number {
  return Math.imul(fnv1a(hub), GOLDEN) >>> (32 - CLIENT_LINE_BITS);
}
