/** The partition of a hub: its events are published in order, under one ordering key, in requests of their own. Pure. */
import { isPerClientHub } from "../hub/placement.ts";
import { fnv1a } from "../protocol/fnv1a.ts";

/**
 * The partitions that hubs of single clients share. One ordering key per client would mean one publish request per event.
 * With 64 of them the requests in flight still have enough to choose from, and a partition whose requests fail delays a 64th.
 */
export const CLIENT_PARTITIONS = 64;

/** A hub MUST have the same partition in every release: events that wait would lose their order otherwise. */
export function partitionOf(hub: string): string {
  return isPerClientHub(hub) ? `clients-${clientPartition(hub)}` : hub;
}

/** 2^32 divided by the golden ratio: multiplicative hashing (Knuth, The Art of Computer Programming 3, section 6.4). */
const GOLDEN = 0x9e3779b9;

const CLIENT_PARTITION_BITS = Math.log2(CLIENT_PARTITIONS);

/**
 * Taken from the top bits of a product. A remainder would follow the one that chooses the hub's Ledger, with any salt: FNV's
 * low bits depend on the low bits of the text alone, so each of two Ledgers would fill only half of the partitions.
 */
function clientPartition(hub: string): number {
  return Math.imul(fnv1a(hub), GOLDEN) >>> (32 - CLIENT_PARTITION_BITS);
}
