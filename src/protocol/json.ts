/** Parsed JSON that is not yet checked, and the checks that its readers share. Knows no field of any message. */

/** The fields of a JSON object. `JSON.parse` makes `__proto__` an own field like any other, so reading by name is safe. */
export type JsonFields = Readonly<Record<string, unknown>>;

/** The value; undefined, which no JSON text parses to, where the text is not JSON. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // SyntaxError, or RangeError where the nesting is deeper than the engine's stack: either way not JSON for us.
    return undefined;
  }
}

export function isObject(value: unknown): value is JsonFields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function isStrings(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((item) => typeof item === "string");
}
