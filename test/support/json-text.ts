/** Reads JSON as text, without `src` and without making objects: as a parser of another language would see it. */

/** The keys of the outermost object, in the order of the text, with repetitions and without escapes. */
export function topLevelKeys(text: string): string[] {
  const keys: string[] = [];
  let depth = 0;
  for (const { token, before } of tokens(text)) {
    if (token === "{" || token === "[") depth += 1;
    else if (token === "}" || token === "]") depth -= 1;
    else if (depth === 1 && token.startsWith('"') && (before === "{" || before === ",")) {
      keys.push(unescaped(token));
    }
  }
  return keys;
}

/** The spelling of every number in the text, in order. */
export function numbersOf(text: string): string[] {
  return [...tokens(text)].flatMap(({ token }) => (/^[-\d]/.test(token) ? [token] : []));
}

const TOKEN = /"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*|[a-z]+|[{}[\],:]/gsy;
const WHITE_SPACE = /[ \t\r\n]*/y;

/** @throws if the text is no sequence of JSON tokens: then nothing that this file reads from it would be evidence. */
function* tokens(text: string): Generator<{ token: string; before: string }> {
  let at = 0;
  let before = "";
  const skip = (): void => {
    WHITE_SPACE.lastIndex = at;
    at += WHITE_SPACE.exec(text)?.[0].length ?? 0;
  };
  for (skip(); at < text.length; skip()) {
    TOKEN.lastIndex = at;
    const token = TOKEN.exec(text)?.[0];
    if (token === undefined)
      throw new Error(`no token of JSON at ${at}: ${text.slice(at, at + 20)}`);
    yield { token, before };
    before = token;
    at += token.length;
  }
}

function unescaped(token: string): string {
  return token
    .slice(1, -1)
    .replaceAll(/\\(u[\da-fA-F]{4}|.)/g, (_, escape: string) =>
      escape.startsWith("u")
        ? String.fromCharCode(Number.parseInt(escape.slice(1), 16))
        : (SHORT_ESCAPES[escape] ?? escape),
    );
}

const SHORT_ESCAPES: Readonly<Record<string, string>> = {
  b: "\b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
};

/** A value for comparisons: objects become sorted pairs, so that a field named `__proto__` is like any other. */
export function canonical(value: unknown): unknown {
  if (Array.isArray(value)) return ["array", ...value.map(canonical)];
  if (typeof value !== "object" || value === null) return Object.is(value, -0) ? "-0" : value;
  const pairs = Object.entries(value).map(([key, item]) => [key, canonical(item)] as const);
  return ["object", ...pairs.toSorted(([a], [b]) => (a < b ? -1 : 1))];
}
