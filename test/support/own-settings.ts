/** The files at the root of the project that hold settings, as the platform and `npm start` read them. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseEnv } from "node:util";
import { parse } from "smol-toml";

export function readOwn(file: string): string {
  return readFileSync(join(import.meta.dirname, "../..", file), "utf8");
}

/** wrangler.toml as plain values. */
export const WRANGLER: Readonly<Record<string, unknown>> = parse(readOwn("wrangler.toml"));

/** Its `[vars]`: what a deployed Worker has if nobody sets anything. */
export const WRANGLER_VARS = WRANGLER["vars"] as Readonly<
  Record<string, Readonly<Record<string, unknown>>>
>;

/** development.vars: what `npm start` adds. */
export const DEVELOPMENT_VARS = parseEnv(readOwn("development.vars"));
