/** The members of a JSON object as text. The text MUST be one that `JSON.parse` accepts: nothing is checked again here. */

export interface Member {
  /** The name, with its escapes resolved. */
  readonly key: string;
  /** Key, colon and value, with the white space around them. */
  readonly text: string;
}

/** Every member in order, including those whose keys are repeated. */
export function* membersOf(object: string): Generator<Member, void, undefined> {
  let start = object.indexOf("{") + 1;
  let depth = 0;
  for (let at = start; at < object.length; at += 1) {
    switch (object[at]) {
      case '"':
        at = closingQuote(object, at);
        break;
      case "{":
      case "[":
        depth += 1;
        break;
      case "]":
        depth -= 1;
        break;
      case "}":
        if (depth === 0) return yield memberOf(object.slice(start, at));
        depth -= 1;
        break;
      case ",":
        if (depth > 0) break;
        yield memberOf(object.slice(start, at));
        start = at + 1;
        break;
    }
  }
}

function memberOf(text: string): Member {
  const opening = text.indexOf('"');
  const key: unknown = JSON.parse(text.slice(opening, closingQuote(text, opening) + 1));
  return { key: String(key), text };
}

function closingQuote(text: string, opening: number): number {
  let at = opening + 1;
  while (text[at] !== '"') at += text[at] === "\\" ? 2 : 1;
  return at;
}
