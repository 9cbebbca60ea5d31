/** JSON texts as a hostile client writes them: repeated keys, needless escapes, white space, strange numbers. */
import * as fc from "fast-check";

/** White space. Mostly none, or texts would consist of it. */
const gap = fc.oneof(
  { weight: 3, arbitrary: fc.constant("") },
  fc.stringMatching(/^[ \t\r\n]{1,3}$/),
);

/** A string literal in which any character may be escaped, in either case. */
function spelled(text: string): fc.Arbitrary<string> {
  const units = Array.from({ length: text.length }, (_, at) => text.charAt(at));
  return fc
    .array(fc.nat(4), { minLength: units.length, maxLength: units.length })
    .map((choices) => `"${units.map((unit, at) => spelledUnit(unit, choices[at] ?? 0)).join("")}"`);
}

function spelledUnit(unit: string, choice: number): string {
  const hex = unit.charCodeAt(0).toString(16).padStart(4, "0");
  if (choice === 0) return `\\u${hex}`;
  if (choice === 1) return `\\u${hex.toUpperCase()}`;
  // What JSON.stringify escapes must be escaped. A surrogate pair, split into units, is escaped, too.
  return JSON.stringify(unit).slice(1, -1);
}

const number = fc.oneof(
  fc.constantFrom(
    "0",
    "-0",
    "1.0",
    "1e400",
    "-1E+999",
    "1e-400",
    "12345678901234567890",
    "0.10",
    "9007199254740993",
  ),
  fc.stringMatching(/^-?(0|[1-9]\d{0,20})(\.\d{1,4})?([eE][+-]?\d{1,3})?$/),
);

/** Names that a parser could misread. */
const KEYS = [
  "source_client_id",
  "target_client_id",
  "signal_data",
  "__proto__",
  "constructor",
  "hasOwnProperty",
  "toJSON",
  "rawJSON",
  "Source_client_id",
  "SOURCE_CLIENT_ID",
  "\u017fource_client_id",
  "source_cl\u0131ent_\u0130d",
  "sourceClientId",
  "source_client_id ",
  "",
  "0",
  "4294967295",
  "\ud83e",
];
const key = fc.oneof(fc.constantFrom(...KEYS), fc.string({ unit: "binary", maxLength: 5 }));
const anyString = fc.oneof(key, fc.string({ maxLength: 8 })).chain(spelled);

/** `{ "key" : value , … }` with gaps wherever JSON allows one. */
function objectOf(members: fc.Arbitrary<string[]>): fc.Arbitrary<string> {
  return fc.tuple(members, gap).map(([list, end]) => `{${list.join(",")}${end}}`);
}

function member(name: fc.Arbitrary<string>, value: fc.Arbitrary<string>): fc.Arbitrary<string> {
  return fc
    .tuple(gap, name, gap, gap, value, gap)
    .map(([a, text, b, c, said, d]) => `${a}${text}${b}:${c}${said}${d}`);
}

export const jsonValue: fc.Arbitrary<string> = fc.letrec<{ value: string }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3, depthSize: "small" },
    fc.constantFrom("null", "true", "false"),
    number,
    anyString,
    fc
      .tuple(fc.array(tie("value"), { maxLength: 3 }), gap)
      .map(([items, end]) => `[${items.join(",")}${end}]`),
    objectOf(fc.array(member(key.chain(spelled), tie("value")), { maxLength: 4 })),
  ),
})).value;

/** A signal to bob: the required fields in any order among other fields, often with a `source_client_id`. */
export const signalText: fc.Arbitrary<string> = fc
  .tuple(
    // A repeated target is bob again, so that the signal is for bob whichever of them a parser uses.
    fc.array(member(spelled("target_client_id"), spelled("bob")), { minLength: 1, maxLength: 2 }),
    fc.array(member(spelled("signal_data"), jsonValue), { minLength: 1, maxLength: 2 }),
    fc.array(member(spelled("source_client_id"), jsonValue), { maxLength: 2 }),
    fc.array(member(key.filter((name) => name !== "target_client_id").chain(spelled), jsonValue), {
      maxLength: 5,
    }),
  )
  .map((lists) => lists.flat())
  .chain((members) => fc.shuffledSubarray(members, { minLength: members.length }))
  .chain((members) => fc.tuple(gap, objectOf(fc.constant(members)), gap))
  .map((parts) => parts.join(""));
