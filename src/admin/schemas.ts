/** The schemas that operations are built from. Requests are checked by schemas, and the OpenAPI document is made of them. */
import * as z from "zod";
import { isReserved, parseClientId } from "../protocol/client-id.ts";
import { MAX_CLIENT_ID_CHARS } from "../protocol/limits.ts";

/** A page of 1000 sessions has about 200 KB. */
const MAX_PAGE = 1000;
const DEFAULT_PAGE = 100;

const CLIENT_ID_RULE = `must be a string of 1-${MAX_CLIENT_ID_CHARS} characters without control characters`;

/** For an operation without parameters of the path or of the query. */
export const NOTHING = z.strictObject({});

/** A client id in a request. */
export const clientId = clientIdOf("The client's id in the protocol");

/** The client of a token. */
export const credentialId = clientId.refine((id) => !isReserved(id), {
  error: "must not be the id that is reserved for signals of backends",
});

/** How many items a page of a list may hold. */
export const limit = wholeNumber(1, MAX_PAGE)
  .default(DEFAULT_PAGE)
  .meta({ description: "The size of the page" });

/** In answers. */
export const time = z
  .string()
  .meta({ format: "date-time", description: "In UTC, with milliseconds" });

/** The beginning of client ids, which may be empty. */
export const prefix = checked((text) => (text === "" ? "" : parseClientId(text)), CLIENT_ID_RULE);

/** A client id, or a pattern that has the form of one. */
export function clientIdOf(description: string) {
  return checked(parseClientId, CLIENT_ID_RULE).meta({
    minLength: 1,
    maxLength: MAX_CLIENT_ID_CHARS,
    description,
  });
}

/** Strict: a member that the shape does not have is a fault of the request. */
export function bodyOf<Shape extends z.core.$ZodLooseShape>(shape: Shape) {
  return z.strictObject(shape, { error: "must be an object" });
}

/** A whole number from `min` to `max`. */
export function wholeNumber(min: number, max: number) {
  const error = `must be a whole number from ${min} to ${max}`;
  return z.int({ error, abort: true }).min(min, error).max(max, error);
}

/** A list of 1 to `max` items. */
export function listOf<Item extends z.ZodType>(item: Item, max: number) {
  const error = `must be a list of 1-${max}`;
  return z.array(item, { error }).min(1, error).max(max, error);
}

/** A string that the protocol's own function parses, so that its rule stands in one place. */
function checked<Value extends string>(parse: (text: string) => Value | null, error: string) {
  return z.string({ error }).transform((text, context): Value => {
    const value = parse(text);
    if (value !== null) return value;
    context.issues.push({ code: "custom", message: error, input: text });
    return z.NEVER;
  });
}

/** An instant as `time` has it. */
export function toTime(atMs: number): string {
  return new Date(atMs).toISOString();
}
