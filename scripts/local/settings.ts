/**
 * The settings of `npm start` and `npm run token`: wrangler.toml, which development.vars overrides, which .dev.vars overrides,
 * which the shell overrides. This file gathers and merges them; `parseConfig` gives them their meaning.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseEnv } from "node:util";
import { parse as parseToml, TomlError } from "smol-toml";
import { isTomlTable, VARIABLE_PREFIX, type Settings } from "../../src/config/keys.ts";

import { failed, success, type Result } from "../../src/protocol/result.ts";

export type Variables = Readonly<Record<string, string>>;

export interface LocalSettings {
  /** The tables of wrangler.toml, and the variables beside them. */
  readonly settings: Settings;
  /** The SIGNAL_MANAGER_* variables alone. */
  readonly variables: Variables;
}

export interface Sources {
  readonly wranglerToml: string;
  /** Their texts. A later file overrides an earlier one. */
  readonly varsFiles: readonly string[];
  readonly shell: NodeJS.ProcessEnv;
}

/** Fails only if wrangler.toml is not TOML or has no `[vars.*]` tables. */
export function mergeSettings(sources: Sources): Result<LocalSettings, readonly string[]> {
  const tables = readTables(sources.wranglerToml);
  if (!tables.ok) return tables;
  const variables = Object.fromEntries(
    [...sources.varsFiles.map((text) => parseEnv(text)), sources.shell].flatMap(ownVariables),
  );
  return success({ settings: { ...tables.value, ...variables }, variables });
}

/** The settings of the checkout at `root`. */
export function readLocalSettings(
  root: string,
  shell: NodeJS.ProcessEnv,
): Result<LocalSettings, readonly string[]> {
  return mergeSettings({
    wranglerToml: readFileSync(join(root, "wrangler.toml"), "utf8"),
    varsFiles: ["development.vars", ".dev.vars"].map((name) => readIfThere(join(root, name))),
    shell,
  });
}

/** A refusal for a person at a terminal: the headline, one line per fault, and where the settings come from. */
export function refusal(headline: string, faults: readonly string[]): string {
  return [
    `${headline}:`,
    ...faults.map((fault) => `  - ${fault}`),
    "Settings come from wrangler.toml, development.vars, .dev.vars and the shell; each overrides those before it.",
  ].join("\n");
}

function readTables(wranglerToml: string): Result<Settings, readonly string[]> {
  try {
    const { vars } = parseToml(wranglerToml);
    return isTomlTable(vars) ? success(vars) : failed(["wrangler.toml has no [vars.*] tables"]);
  } catch (error) {
    if (error instanceof TomlError)
      return failed([`wrangler.toml cannot be read: ${error.message}`]);
    throw error;
  }
}

function ownVariables(env: NodeJS.Dict<string>): [string, string][] {
  return Object.entries(env).flatMap(([name, value]): [string, string][] =>
    name.startsWith(VARIABLE_PREFIX) && value !== undefined ? [[name, value]] : [],
  );
}

function readIfThere(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return "";
    throw error;
  }
}
