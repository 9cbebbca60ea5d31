/**
 * Puts the sender's id into a JSON signal (SI2). The target must see one `source_client_id`, the authenticated
 * one, whatever the sender wrote: duplicate keys, keys with escapes, white space, `__proto__`.
 *
 * The parser itself is the judge: it resolves escapes and duplicates, so if the parsed object has no such field,
 * no key of the text means it, and splicing one in behind the opening brace is safe. Everything else then
 * arrives byte for byte. Scanning the text for the key ourselves was refused: a second parser is a second opinion.
 */
import type { ClientId } from "../client-id.ts";
import type { Fault } from "../errors.ts";
import { failed, success, type Result } from "../result.ts";
import { encodeUtf8 } from "./utf8.ts";

/** A parsed object. `JSON.parse` makes `__proto__` an own field like any other, so reading by name is safe. */
export type JsonFields = Readonly<Record<string, unknown>>;

const SOURCE_FIELD = "source_client_id";
const OPENING_BRACE = 0x7b;

/** `text` and `fields` are `payload`, decoded and parsed; `fields` has at least one field. */
export function stampJson(
  payload: Uint8Array,
  text: string,
  fields: JsonFields,
  source: ClientId,
): Result<Uint8Array, Fault> {
  if (Object.hasOwn(fields, SOURCE_FIELD)) return restate(text, source);
  const stamp = encodeUtf8(`${JSON.stringify(SOURCE_FIELD)}:${JSON.stringify(source)},`);
  // Only white space can stand before the brace of a text that parsed as an object.
  const inside = payload.indexOf(OPENING_BRACE) + 1;
  const stamped = new Uint8Array(payload.length + stamp.length);
  stamped.set(payload.subarray(0, inside));
  stamped.set(stamp, inside);
  stamped.set(payload.subarray(inside), inside + stamp.length);
  return success(stamped);
}

/** The sender wrote the field itself: said again without it. Numbers keep their spelling (1e400, 1.0, 2^64). */
function restate(text: string, source: ClientId): Result<Uint8Array, Fault> {
  try {
    const fields: Record<string, unknown> = JSON.parse(text, keepNumbers);
    // The spread copies an own `__proto__` as a field; `delete` leaves out the one field that the stamp replaces.
    const others = { ...fields };
    delete others[SOURCE_FIELD];
    return success(encodeUtf8(JSON.stringify({ [SOURCE_FIELD]: source, ...others })));
  } catch {
    // The text parsed before, so this is RangeError: nested too deep for a parse with a reviver or for stringify.
    return failed("payload.json");
  }
}

function keepNumbers(_key: string, value: unknown, ...rest: [{ source: string }?]): unknown {
  return typeof value === "number" && rest[0] !== undefined ? rawJson(rest[0].source) : value;
}

// ES2026, in every engine that runs a hub or its tests; TypeScript's library does not declare it yet.
const rawJson = (JSON as unknown as { rawJSON(source: string): unknown }).rawJSON;
