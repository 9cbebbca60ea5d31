/**
 * The configuration, parsed once, at the door: the tables of wrangler.toml under the variables that override them.
 * All faults are reported together; a value of a secret key is never repeated.
 */
import type * as z from "zod";
import { failed, success, type Result } from "../protocol/result.ts";
import { findCrossFaults } from "./cross-checks.ts";
import { FLAT_KEYS, type Config, type FlatKey } from "./keys.ts";
import { isTable, type Settings } from "./settings.ts";
import { findUnknownKeys } from "./unknown-keys.ts";

/** The configuration, or every fault as a sentence that names the key. */
export function parseConfig(settings: Settings): Result<Config, readonly string[]> {
  const faults = findUnknownKeys(settings);
  const sections: Record<string, Record<string, unknown>> = {};
  for (const row of FLAT_KEYS) {
    const section = (sections[row.section] ??= {});
    const parsed = parseValue(row, settings);
    if (parsed.ok) section[row.key] = parsed.value;
    else faults.push(...parsed.failure);
  }
  // Every row of the table was parsed by its kind: but for the keys of a fault, the object has the table's type.
  const config = sections as unknown as Config;
  faults.push(...findCrossFaults(config));
  return faults.length > 0 ? failed(faults) : success(config);
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
  if (fromVariable !== undefined && !(fromVariable === "" && !mayBeEmpty(row))) {
    return { name: row.variable, value: fromVariable };
  }
  const table = settings[row.section];
  const value = isTable(table) ? table[row.key] : undefined;
  return { name: `${row.section}.${row.key}`, value: value === undefined ? row.default : value };
}

/**
 * An empty variable overrides only what may be empty: `export …_PORT=` means "not set" to a shell's user. A list may: were
 * an empty `…_ALLOWED_ORIGINS=` not set, it would let in everybody.
 */
function mayBeEmpty({ default: value }: FlatKey): boolean {
  return value === "" || Array.isArray(value);
}
