/** How `npm start` calls `wrangler dev`: its arguments and its environment. No secret is in either. */
import { createRequire } from "node:module";
import { join } from "node:path";
import { VARIABLE_PREFIX, type Config } from "../../src/config/keys.ts";

/** The script that the installed wrangler names as its command. */
export function findWrangler(): string {
  const manifest = createRequire(import.meta.url).resolve("wrangler/package.json");
  return join(manifest, "../bin/wrangler.js");
}

export interface WranglerFiles {
  readonly envFile: string;
  /** The folder of the hub's SQLite. */
  readonly stateFolder: string;
}

/** `extra`: what stands behind `npm start --`; it is passed on as it is. */
export function wranglerArguments(
  server: Config["server"],
  files: WranglerFiles,
  extra: readonly string[],
): string[] {
  return [
    "dev",
    `--ip=${server.host}`,
    `--port=${server.port}`,
    "--inspector-port=0", // A free one: two services may run side by side.
    `--env-file=${files.envFile}`,
    "--show-interactive-dev-session=false",
    ...(server.tls_enabled ? tlsArguments(server) : []),
    ...(isGiven("--persist-to", extra) ? [] : [`--persist-to=${files.stateFolder}`]),
    ...extra,
  ];
}

/** Without paths wrangler makes a certificate of its own. */
function tlsArguments({ tls_key_path, tls_cert_path }: Config["server"]): string[] {
  const https = "--local-protocol=https";
  if (tls_cert_path === "") return [https];
  return [https, `--https-key-path=${tls_key_path}`, `--https-cert-path=${tls_cert_path}`];
}

const SETTING_OF_OPTION = {
  "--ip": "server.host",
  "--port": "server.port",
  "--local-protocol": "server.tls_enabled",
  "--https-key-path": "server.tls_key_path",
  "--https-cert-path": "server.tls_cert_path",
} as const;

/** wrangler would get such an option twice, and the settings would not say what is true. */
export function findOverlaps(extra: readonly string[]): string[] {
  return Object.entries(SETTING_OF_OPTION)
    .filter(([option]) => isGiven(option, extra))
    .map(([option, key]) => {
      const variable = `${VARIABLE_PREFIX}${key.replace(".", "_").toUpperCase()}`;
      return `${option} is a setting here: set ${key}, for example by ${variable}`;
    });
}

function isGiven(option: string, extra: readonly string[]): boolean {
  return extra.some((argument) => argument === option || argument.startsWith(`${option}=`));
}

/** The shell's environment, but for what would change how wrangler reads the env file, or what it tells others. */
export function wranglerEnvironment(shell: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const inherited = Object.entries(shell).filter(([name]) => !name.startsWith(VARIABLE_PREFIX));
  return {
    ...Object.fromEntries(inherited),
    CLOUDFLARE_LOAD_DEV_VARS_FROM_DOT_ENV: "true", // false: --env-file is not read at all.
    CLOUDFLARE_INCLUDE_PROCESS_ENV: "false", // true: the Worker is given the whole environment.
    CLOUDFLARE_CF_FETCH_ENABLED: "false", // A look-up of where this machine is; the service does not ask.
    WRANGLER_SEND_METRICS: "false",
    WRANGLER_HIDE_BANNER: "true", // And with it the look-up of a newer version.
    X_LOCAL_EXPLORER: "false", // Serves the hub's storage to whoever reaches the port.
  };
}
