/**
 * Names among the settings that the table of keys does not have. Ignored, a mistyped key or section would be a default
 * that nobody asked for. The platform's bindings stand beside the settings, and are let be.
 */
import { FLAT_KEYS, KEYS, VARIABLE_PREFIX } from "./keys.ts";
import { isTable, type Settings } from "./settings.ts";

const SECTIONS: readonly string[] = Object.keys(KEYS);

/** A sentence for each. */
export function findUnknownKeys(settings: Settings): string[] {
  return [...unknownVariables(settings), ...unknownTables(settings), ...unknownKeys(settings)];
}

function unknownVariables(settings: Settings): string[] {
  const variables = new Set(FLAT_KEYS.map((row) => row.variable));
  return Object.keys(settings)
    .filter((name) => name.startsWith(VARIABLE_PREFIX) && !variables.has(name))
    .map((name) => `${name} is not a known key`);
}

function unknownKeys(settings: Settings): string[] {
  return Object.entries(KEYS).flatMap(([section, rows]) => {
    const table = settings[section];
    if (table === undefined) return [];
    if (!isTable(table)) return [`${section} must be a table`];
    return Object.keys(table)
      .filter((key) => !Object.hasOwn(rows, key))
      .map((key) => `${section}.${key} is not a known key`);
  });
}

function unknownTables(settings: Settings): string[] {
  return Object.entries(settings).flatMap(([name, value]) => {
    if (SECTIONS.includes(name) || name.startsWith(VARIABLE_PREFIX) || !isWritten(value)) return [];
    const homes = FLAT_KEYS.filter(({ key }) => key === name);
    if (homes.length > 0) {
      const places = homes.map(({ section, key }) => `${section}.${key}`).join(" or ");
      return [`${name} stands outside its section: write ${places}`];
    }
    if (typeof value !== "object") return [];
    const nearest = nearestSection(name);
    if (nearest !== null) return [`${name} is not a known section: did you mean ${nearest}?`];
    // Somebody's own, or a binding that is a plain object (`version_metadata`): both are in capitals by custom.
    if (name === name.toUpperCase()) return [];
    return [
      `${name} is not a known section: there are ${SECTIONS.join(", ")} (name a table of your own in capitals)`,
    ];
  });
}

/** What TOML or JSON can say. Most bindings are instances of classes. */
function isWritten(value: unknown): boolean {
  if (typeof value !== "object") return typeof value !== "function";
  if (value === null || Array.isArray(value)) return true;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

/** More would make any short name a slip of `auth`. */
const MOST_SLIPS = 2;

/** The section that was meant, if one can be; capitals do not count. */
function nearestSection(name: string): string | null {
  const [nearest] = SECTIONS.map((section) => ({ section, slips: slips(name, section) }))
    .filter((candidate) => candidate.slips <= MOST_SLIPS)
    .toSorted((a, b) => a.slips - b.slips);
  return nearest?.section ?? null;
}

/** Letters to insert, delete or replace (Levenshtein), row by row. */
function slips(name: string, section: string): number {
  let row = Array.from({ length: section.length + 1 }, (_, at) => at);
  for (const letter of name.toLowerCase()) {
    const [first = 0] = row;
    const next = [first + 1];
    for (const [at, other] of Array.from(section).entries()) {
      const replaced = (row[at] ?? 0) + (letter === other ? 0 : 1);
      next.push(Math.min(replaced, (row[at + 1] ?? 0) + 1, (next[at] ?? 0) + 1));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}
