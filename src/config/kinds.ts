/** What a configured value may be. Each kind takes the value of wrangler.toml, or the text of an environment variable. */
import * as z from "zod";

export function integer(min: number, max: number) {
  const message = `must be a whole number from ${min} to ${max}`;
  const fromText = z
    .string()
    .regex(/^-?\d+$/, message)
    .transform(Number);
  return z
    .union([z.number(), fromText], { error: message })
    .pipe(z.number().int(message).min(min, message).max(max, message));
}

export function flag() {
  const fromText = z.enum(["true", "false"]).transform((value) => value === "true");
  return z.union([z.boolean(), fromText], { error: "must be true or false" });
}

export function text() {
  return z.string({ error: "must be a string" });
}

export function choice<const Values extends readonly [string, ...string[]]>(values: Values) {
  return z.enum(values, { error: `must be one of ${values.join(", ")}` });
}

/** `routing.hubs`: how many, or one for every client. */
export function hubCount(max: number) {
  const message = `must be a whole number from 1 to ${max}, or "per-client"`;
  const fromText = z.string().transform((value) => (/^\d+$/.test(value) ? Number(value) : value));
  const count = z.number(message).int(message).min(1, message).max(max, message);
  return z
    .union([z.number(), fromText], { error: message })
    .pipe(z.union([z.literal("per-client"), count], { error: message }));
}

/** A list, of `members` alone if there are any: an array in wrangler.toml; in a variable a JSON array, or items between commas. */
export function list<const Member extends string = string>(members?: readonly Member[]) {
  const error = "must be a list of strings";
  const fromText = z.string().transform((value, context) => {
    if (!value.trimStart().startsWith("[")) {
      return value.split(",").flatMap((item) => item.trim() || []);
    }
    try {
      const parsed: unknown = JSON.parse(value);
      return parsed;
    } catch {
      // JSON.parse fails in one way: the text is not JSON.
      context.issues.push({ code: "custom", message: error, input: "" });
      return z.NEVER;
    }
  });
  return z
    .union([z.array(z.unknown()), fromText], { error })
    .pipe(z.array(memberOf(members), { error: "must be a list of strings" }));
}

function memberOf<const Member extends string>(members: readonly Member[] | undefined) {
  const error =
    members === undefined ? "must be a list of strings" : `must be a list of ${members.join(", ")}`;
  return z.custom<Member>(
    (value) =>
      typeof value === "string" &&
      (members === undefined || members.some((member) => member === value)),
    { error },
  );
}
