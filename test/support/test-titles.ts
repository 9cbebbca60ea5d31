/** The titles of tests, as their source has them: what stands in `it("…")`, `it.each(rows)("…")`, `describe("…")`. */

export interface TestTitle {
  /** As written: with `%s`, `$name` or `${…}` where the title has a parameter. */
  readonly title: string;
  /** The source of the rows of `each`, where the title has parameters; else empty. */
  readonly rows: string;
}

const TEST_FUNCTION = /(?<![\w.$"'`])(?:it|test|describe)(?=[.(])/g;

/** Every title in the source of one file, in order. Comments hold none. */
export function testTitles(source: string): TestTitle[] {
  const code = withoutComments(source);
  return Array.from(code.matchAll(TEST_FUNCTION), ({ index, 0: name }) =>
    titleAt(code, index + name.length),
  ).filter((title) => title !== null);
}

/** Follows `.each(rows)("title"`, `.skipIf(condition)("title"`, `("title"`: the first argument that is a string. */
function titleAt(code: string, start: number): TestTitle | null {
  let rows = "";
  for (let at = start; ;) {
    const member = /^(?:\s*\.\w+)*\s*\(\s*/.exec(code.slice(at));
    if (member === null) return null;
    const open = at + member[0].length;
    const text = /^(["'`])((?:\\.|(?!\1)[^\\])*)\1/.exec(code.slice(open));
    if (text !== null) return { title: text[2] ?? "", rows };
    const end = endOfParentheses(code, at + member[0].indexOf("(") + 1);
    if (end === null) return null;
    rows = code.slice(open, end);
    at = end + 1;
  }
}

/** Where the parenthesis closes that opens just before `start`; null: nowhere. */
function endOfParentheses(code: string, start: number): number | null {
  let depth = 1;
  for (let at = start; at < code.length; at += 1) {
    const string = stringAt(code, at);
    if (string > 0) at += string - 1;
    else if (code[at] === "(") depth += 1;
    else if (code[at] === ")") depth -= 1;
    if (depth === 0) return at;
  }
  return null;
}

function stringAt(code: string, at: number): number {
  if (!"\"'`".includes(code[at] ?? "x")) return 0;
  return /^(["'`])(?:\\.|(?!\1)[^\\])*\1/.exec(code.slice(at))?.[0].length ?? 0;
}

/** Strings stay as they are, whatever looks like a comment in them. */
function withoutComments(source: string): string {
  return source.replaceAll(
    /("(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|`(?:\\.|[^`\\])*`)|\/\*[^]*?\*\/|(?<![:\\/[])\/\/[^\n]*/g,
    (_, string: string | undefined) => string ?? "",
  );
}
