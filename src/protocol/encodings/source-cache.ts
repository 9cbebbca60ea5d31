/** Keeps how a payload type says its sources: the signal path says the same few again and again. */
import type { ClientId } from "../client-id.ts";
import type { Fault } from "../errors.ts";
import type { Result } from "../result.ts";

/** More sources than a hub has sessions by default; 128 characters each, so well under a megabyte. */
const MAX_SOURCES = 1024;

type EncodeSource = (source: ClientId) => Result<Uint8Array, Fault>;

export function memoizeSource(encode: EncodeSource): EncodeSource {
  const kept = new Map<ClientId, ReturnType<EncodeSource>>();
  return (source) => {
    const known = kept.get(source);
    if (known !== undefined) return known;
    // Emptied rather than aged: a look-up then changes nothing, and the bound holds all the same.
    if (kept.size >= MAX_SOURCES) kept.clear();
    const encoded = encode(source);
    kept.set(source, encoded);
    return encoded;
  };
}

export const NO_BYTES: Uint8Array = new Uint8Array();
