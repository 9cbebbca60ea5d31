/**
 * Variables as the text of a file for `wrangler dev --env-file`. wrangler reads it with dotenv and dotenv-expand, which
 * know no escape for a quote: a value is written so that they give it back byte for byte, or refused in words.
 */
import { failed, success, type Result } from "../../src/protocol/result.ts";
import type { Variables } from "./settings.ts";

/** The file's text, or a sentence for each variable that such a file cannot say. Never repeats a value. */
export function envFileText(variables: Variables): Result<string, readonly string[]> {
  const faults: string[] = [];
  const lines = Object.entries(variables).map(([name, value]) => {
    const quote = quoteFor(value);
    if (quote === null) faults.push(`${name} ${CANNOT_BE_SAID}`);
    return quote === null ? "" : line(name, value, quote);
  });
  return faults.length > 0 ? failed(faults) : success(lines.join(""));
}

const CANNOT_BE_SAID =
  "cannot be handed to wrangler: choose a value without a carriage return, and without one of the quotes ' ` \"";

/** The first kind of quote that the value does not hold, of those between which it means itself. */
function quoteFor(value: string): string | null {
  if (value.includes("\r")) return null; // dotenv makes it a line feed.
  if (!value.includes("'")) return "'";
  if (!value.includes("`")) return "`";
  // Between double quotes dotenv turns the two characters \n into a line feed, and \r likewise.
  return /"|\\[nr]/.test(value) ? null : '"';
}

/**
 * `$` is escaped from dotenv-expand, which undoes exactly that. The comment is for a value that ends in a backslash:
 * dotenv takes \' for part of the value and reads on to the next quote; there it must find no end of line.
 */
function line(name: string, value: string, quote: string): string {
  return `${name}=${quote}${value.replaceAll("$", "\\$")}${quote} # ${quote}.\n`;
}
