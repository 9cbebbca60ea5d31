/** The settings as they come, before anything is parsed. */

/** What the platform hands over: tables as objects, variables and secrets as strings, and bindings beside them. */
export type Settings = Readonly<Record<string, unknown>>;

/** A table, as a whole or as one of its sections. A binding may be one, too: an object is all that this asks for. */
export function isTable(value: unknown): value is Settings {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
