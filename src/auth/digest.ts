/** SHA-256 digests of secrets, and their comparison in constant time. Digests have one length, so the comparison reveals none. */
import { createHash, timingSafeEqual } from "node:crypto";

/** 32 bytes. Synchronous, and the same in every run: simulations need no substitute for it. */
export function digest(text: string): Uint8Array {
  return createHash("sha256").update(text).digest();
}

/** Takes the same time whether or not the digests differ, and wherever they do. */
export function isSameDigest(one: Uint8Array, other: Uint8Array): boolean {
  return timingSafeEqual(one, other);
}
