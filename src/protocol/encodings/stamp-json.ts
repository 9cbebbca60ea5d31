/**
 * Where the source's id goes in a JSON signal (SI2). The target must see one `source_client_id`, the authenticated one,
 * whatever the source wrote: repeated keys, keys with escapes, white space, `__proto__`.
 *
 * The parser itself decides. It resolves escapes and repeated keys, so if the parsed object has no such field, no key of
 * the text means it, and the field can safely be spliced in behind the opening brace. Everything else then arrives byte
 * for byte. If the source did write the field, its members are cut out first, in every spelling: some decoders ignore
 * case, and of two fields that are the same to them they take the last (Go's encoding/json).
 */
import type { ClientId } from "../client-id.ts";
import type { JsonFields } from "../json.ts";
import { membersOf } from "./json-members.ts";
import type { Cut } from "./splice.ts";
import { encodeUtf8 } from "./utf8.ts";

const SOURCE_FIELD = "source_client_id";
/** Every signal has this field, and its name is as long as the source's. */
const TARGET_FIELD = "target_client_id";
/**
 * Every key that a decoder which ignores case takes for the source's. The flags `iu` fold ſ to s, as Unicode's simple
 * folding and Go do; ı and İ equal i for decoders that compare capitals (Java's `equalsIgnoreCase`). Each of these
 * letters is one UTF-16 unit, so the length never differs.
 */
const SOURCE_SPELLINGS = /^source_cl[iıİ]ent_[iıİ]d$/iu;
const OPENING_BRACE = 0x7b;

/** The field that goes into the cut. */
export function sourceField(source: ClientId): Uint8Array {
  return encodeUtf8(`"source_client_id":${JSON.stringify(source)},`);
}

/** `fields` were parsed from `text`, which was decoded from `payload`; one of them at least MUST NOT be the source's. */
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

/** Costs no more than `Object.hasOwn`: the engine shares the list of keys between objects of one shape. */
function namesSource(fields: JsonFields): boolean {
  for (const key in fields) if (isSourceField(key)) return true;
  return false;
}

function isSourceField(key: string): boolean {
  return key.length === SOURCE_FIELD.length && key !== TARGET_FIELD && SOURCE_SPELLINGS.test(key);
}
