/**
 * Finds names among the settings that the table of keys does not have. If a mistyped key were ignored, its default would
 * apply, and nobody would know. The platform's bindings stand beside the settings and are no fault.
 */
import { FLAT_KEYS, isTomlTable, KEYS, VARIABLE_PREFIX, type Settings } from "./keys.ts";

const SECTIONS: readonly string[] = Object.keys(KEYS);

/** A sentence for each unknown name. */
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
    if (!isTomlTable(table)) return [`${section} must be a table`];
    return Object.keys(table)
      .filter((key) => !Object.hasOwn(rows, key))
      .map((key) => `${section}.${key} is not a known key`);
  });
}

function unknownTables(settings: Settings): string[] {
  return Object.entries(settings).flatMap(([name, value]) => {
    if (SECTIONS.includes(name) || name.startsWith(VARIABLE_PREFIX) || !isWritten(value)) return [];
    const sections = FLAT_KEYS.filter(({ key }) => key === name);
    if (sections.length > 0) {
      const places = sections.map(({ section, key }) => `${section}.${key}`).join(" or ");
      return [`${name} stands outside its section: write ${places}`];
    }
    if (typeof value !== "object") return [];
    const nearest = nearestSection(name);
    if (nearest !== null) return [`${name} is not a known section: did you mean ${nearest}?`];
    // A table of the operator's own, or a binding that is a plain object (`version_metadata`). Both are written in capitals.
    if (name === name.toUpperCase()) return [];
    return [
      `${name} is not a known section: there are ${SECTIONS.join(", ")} (write the name of a table of your own in capitals)`,
    ];
  });
}

/** Whether TOML or JSON can say this value. Most bindings are instances of classes, or functions. */
function isWritten(value: unknown): boolean {
  if (typeof value !== "object") return typeof value !== "function";
  if (value === null || Array.isArray(value)) return true;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

/** With more edits, any short name would resemble `auth`. */
const MAX_EDITS = 2;

/** The section that a mistyped name resembles most, whatever its case; null: it resembles none. */
function nearestSection(name: string): string | null {
  const [nearest] = SECTIONS.map((section) => ({ section, edits: editDistance(name, section) }))
    .filter(({ edits }) => edits <= MAX_EDITS)
    .toSorted((a, b) => a.edits - b.edits);
  return nearest?.section ?? null;
}

/** How many letters to insert, delete or replace (Levenshtein), computed row by row. */
function editDistance(name: string, section: string): number {
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
