/**
 * Where the sender's id goes in a JSON signal (SI2). The target must see one `source_client_id`, the authenticated
 * one, whatever the sender wrote: duplicate keys, keys with escapes, white space, `__proto__`.
 *
 * The parser itself is the judge: it resolves escapes and duplicates, so if the parsed object has no such field,
 * no key of the text means it, and splicing one in behind the opening brace is safe. Everything else then
 * arrives byte for byte. Where the sender wrote the field, its members are cut out first: in any case, since there are
 * decoders that ignore case, and of two fields that are one to them take the last (Go's encoding/json).
 */
import type { ClientId } from "../client-id.ts";
import type { Cut } from "./splice.ts";
import { membersOf } from "./json-members.ts";
import { encodeUtf8 } from "./utf8.ts";

/** A parsed object. `JSON.parse` makes `__proto__` an own field like any other, so reading by name is safe. */
export type JsonFields = Readonly<Record<string, unknown>>;

const SOURCE_FIELD = "source_client_id";
/** In every signal, and as long as the source's. */
const TARGET_FIELD = "target_client_id";
/**
 * Every name that is the source's where case is ignored. With `iu` ſ is s, as Unicode's simple folding has it, and Go; ı and
 * İ are i to those that compare capitals (Java's `equalsIgnoreCase`). Each is one UTF-16 unit, so the length never differs.
 */
const SOURCE_SPELLINGS = /^source_cl[iıİ]ent_[iıİ]d$/iu;
const OPENING_BRACE = 0x7b;

/** The field that stands in the cut. */
export function sourceField(source: ClientId): Uint8Array {
  return encodeUtf8(`${JSON.stringify(SOURCE_FIELD)}:${JSON.stringify(source)},`);
}

/** `text` and `fields` are `payload`, decoded and parsed; `fields` has at least one field beside the source's. */
export function cutForSource(payload: Uint8Array, text: string, fields: JsonFields): Cut {
  if (namesSource(fields)) {
    const others = [...membersOf(text)].filter(({ key }) => !isSourceField(key));
    return behindBrace(encodeUtf8(`{${others.map((member) => member.text).join(",")}}`));
  }
  return behindBrace(payload);
}

/** Only white space can stand before the brace of a text that parsed as an object. */
function behindBrace(payload: Uint8Array): Cut {
  const inside = payload[0] === OPENING_BRACE ? 1 : payload.indexOf(OPENING_BRACE) + 1;
  return { payload, cutAt: inside, resumeAt: inside };
}

/** Costs what `Object.hasOwn` costs: the engine keeps the keys of objects of one shape. */
function namesSource(fields: JsonFields): boolean {
  for (const key in fields) if (isSourceField(key)) return true;
  return false;
}

function isSourceField(key: string): boolean {
  return key.length === SOURCE_FIELD.length && key !== TARGET_FIELD && SOURCE_SPELLINGS.test(key);
}
