/**
 * Variables as the text of a file for `wrangler dev --env-file`. wrangler reads the file with dotenv and dotenv-expand, which
 * have no escape for a quote. A value is written so that they read exactly the same bytes; where that is impossible, it is refused.
 */
import { failed, success, type Result } from "../../src/protocol/result.ts";
import type { Variables } from "./settings.ts";

/** The file's text, or a sentence for each variable that such a file cannot hold. The sentences do not repeat values. */
export function envFileText(variables: Variables): Result<string, readonly string[]> {
  const faults: string[] = [];
  const lines = Object.entries(variables).map(([name, value]) => {
    const quote = quoteFor(value);
    if (quote === null) faults.push(`${name} ${NOT_WRITABLE}`);
    return quote === null ? "" : line(name, value, quote);
  });
  return faults.length > 0 ? failed(faults) : success(lines.join(""));
}

const NOT_WRITABLE =
  "cannot be handed to wrangler: choose a value without a carriage return, and without one of the quotes ' ` \"";

/** A kind of quote that the value does not hold and between which dotenv changes nothing in it; null: there is none. */
function quoteFor(value: string): string | null {
  if (value.includes("\r")) return null; // dotenv turns it into a line feed.
  if (!value.includes("'")) return "'";
  if (!value.includes("`")) return "`";
  // Between double quotes dotenv turns the two characters \n into a line feed, and \r likewise.
  return /"|\\[nr]/.test(value) ? null : '"';
}

/**
 * The escape protects `$` from dotenv-expand, which removes it again. The comment at the end is for a value that ends in a
 * backslash: dotenv takes \' for part of the value and reads on to the next quote, where no line may end.
 */
function line(name: string, value: string, quote: string): string {
  return `${name}=${quote}${value.replaceAll("$", "\\$")}${quote} # ${quote}.\n`;
}
