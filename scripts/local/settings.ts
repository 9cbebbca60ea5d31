/**
 * The settings as `npm start` and `npm run token` see them: wrangler.toml under development.vars under .dev.vars under
 * the shell. It only gathers and merges; what they mean is `parseConfig`'s question.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseEnv } from "node:util";
import { parse as parseToml, TomlError } from "smol-toml";
import { VARIABLE_PREFIX } from "../../src/config/keys.ts";
import { isTable, type Settings } from "../../src/config/settings.ts";
import { failed, success, type Result } from "../../src/protocol/result.ts";

export type Variables = Readonly<Record<string, string>>;

export interface LocalSettings {
  /** The tables of wrangler.toml, and the variables beside them. */
  readonly settings: Settings;
  /** Every SIGNAL_MANAGER_* variable: what wrangler.toml does not say. */
  readonly variables: Variables;
}

export interface Sources {
  readonly wranglerToml: string;
  /** From the one that yields to the one that wins. */
  readonly varsFiles: readonly string[];
  readonly shell: NodeJS.ProcessEnv;
}

/** Fails only if wrangler.toml cannot be read as TOML. */
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

/** What a person reads who is refused: the headline, a fault a line, and where to look. */
export function refusal(headline: string, faults: readonly string[]): string {
  return [
    `${headline}:`,
    ...faults.map((fault) => `  - ${fault}`),
    "Settings come from wrangler.toml, development.vars, .dev.vars and the shell; what comes later in this list wins.",
  ].join("\n");
}

function readTables(wranglerToml: string): Result<Settings, readonly string[]> {
  try {
    const { vars } = parseToml(wranglerToml);
    return isTable(vars) ? success(vars) : failed(["wrangler.toml has no [vars.*] tables"]);
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
