/**
 * Parses the configuration once: the tables of wrangler.toml, and the variables that override them. All faults are reported
 * together, and no fault repeats the value of a secret key.
 */
import { failed, success, type Result } from "../protocol/result.ts";
import { findCrossFaults } from "./cross-checks.ts";
import { FLAT_KEYS, isTomlTable, type Config, type FlatKey, type Settings } from "./keys.ts";
import type { KindFault } from "./kinds.ts";
import { findUnknownKeys } from "./unknown-keys.ts";

/** The configuration, or every fault as a sentence that begins with the name of the key or variable. */
export function parseConfig(settings: Settings): Result<Config, readonly string[]> {
  const faults = findUnknownKeys(settings);
  const sections: Record<string, Record<string, unknown>> = {};
  for (const row of FLAT_KEYS) {
    const section = (sections[row.section] ??= {});
    const { name, raw } = rawValue(row, settings);
    const parsed = row.kind(raw);
    if (parsed.value !== undefined) section[row.key] = parsed.value;
    faults.push(...parsed.faults.map((fault) => sentence(row, name, raw, fault)));
  }
  // The kinds of the table made these values. Where one is missing, there is a fault, and the cross-checks expect it.
  const config = sections as unknown as Config;
  faults.push(...findCrossFaults(config));
  return faults.length > 0 ? failed(faults) : success(config);
}

function sentence(row: FlatKey, name: string, raw: unknown, { text, index }: KindFault): string {
  const place = index === undefined ? name : `${name}[${index}]`;
  const got = row.secret ? "" : `, got ${JSON.stringify(raw)}`;
  return `${place} ${text}${got}`;
}

function rawValue(row: FlatKey, settings: Settings): { name: string; raw: unknown } {
  const fromVariable = settings[row.variable];
  if (fromVariable !== undefined && !(fromVariable === "" && !mayBeEmpty(row))) {
    return { name: row.variable, raw: fromVariable };
  }
  const table = settings[row.section];
  const value = isTomlTable(table) ? table[row.key] : undefined;
  return { name: `${row.section}.${row.key}`, raw: value === undefined ? row.default : value };
}

/**
 * An empty variable clears a list or string key. For any other type it is ignored, since `export …_PORT=` means "not set" in a
 * shell. If it were ignored for lists, too, an empty `…_ALLOWED_ORIGINS=` would let every page connect.
 */
function mayBeEmpty({ default: value }: FlatKey): boolean {
  return value === "" || Array.isArray(value);
}
