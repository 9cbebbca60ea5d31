/**
 * The configuration, parsed once, at the door: the tables of wrangler.toml under the variables that override them.
 * All faults are reported together; a value of a secret key is never repeated.
 */
import type * as z from "zod";
import { failed, success, type Result } from "../protocol/result.ts";
import { FLAT_KEYS, KEYS, VARIABLE_PREFIX, type Config, type FlatKey } from "./keys.ts";
import { findCrossFaults } from "./cross-checks.ts";

/** What the platform hands over: tables as objects, variables and secrets as strings, and bindings beside them. */
export type Settings = Readonly<Record<string, unknown>>;

/** The configuration, or every fault as a sentence that names the key. */
export function parseConfig(settings: Settings): Result<Config, readonly string[]> {
  const faults = findUnknownKeys(settings);
  const sections: Record<string, Record<string, unknown>> = {};
  for (const row of FLAT_KEYS) {
    const parsed = parseValue(row, settings);
    if (parsed.ok) (sections[row.section] ??= {})[row.key] = parsed.value;
    else faults.push(...parsed.failure);
  }
  if (faults.length > 0) return failed(faults);
  // Every row of the table was parsed by its kind: the object has the table's type.
  const config = sections as unknown as Config;
  const crossFaults = findCrossFaults(config);
  return crossFaults.length > 0 ? failed(crossFaults) : success(config);
}

function parseValue(row: FlatKey, settings: Settings): Result<unknown, readonly string[]> {
  const { name, value } = rawValue(row, settings);
  const parsed = row.kind.safeParse(value);
  if (parsed.success) return success(parsed.data);
  const got = row.secret ? "" : `, got ${JSON.stringify(value)}`;
  return failed([`${name} ${firstMessage(parsed.error)}${got}`]);
}

/** One sentence a key: where several members of a list are wrong, they are wrong in the same way. */
function firstMessage(error: z.ZodError): string {
  return error.issues[0]?.message ?? "is not valid";
}

function rawValue(row: FlatKey, settings: Settings): { name: string; value: unknown } {
  const fromVariable = settings[row.variable];
  // An empty variable overrides only what may be empty: `export …_PORT=` means "not set" to a shell's user.
  if (fromVariable !== undefined && !(fromVariable === "" && row.default !== "")) {
    return { name: row.variable, value: fromVariable };
  }
  const table = settings[row.section];
  const value = isTable(table) ? table[row.key] : undefined;
  return { name: `${row.section}.${row.key}`, value: value ?? row.default };
}

/** A mistyped key would otherwise be a default that nobody asked for. */
function findUnknownKeys(settings: Settings): string[] {
  const variables = new Set(FLAT_KEYS.map((row) => row.variable));
  const unknownVariables = Object.keys(settings)
    .filter((name) => name.startsWith(VARIABLE_PREFIX) && !variables.has(name))
    .map((name) => `${name} is not a known key`);
  const unknownKeys = Object.entries(KEYS).flatMap(([section, rows]) => {
    const table = settings[section];
    if (table === undefined) return [];
    if (!isTable(table)) return [`${section} must be a table`];
    return Object.keys(table)
      .filter((key) => !Object.hasOwn(rows, key))
      .map((key) => `${section}.${key} is not a known key`);
  });
  return [...unknownVariables, ...unknownKeys];
}

function isTable(value: unknown): value is Settings {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
