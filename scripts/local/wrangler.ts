/** How `npm start` calls `wrangler dev`: the arguments and the environment. Neither holds a secret. */
import { createRequire } from "node:module";
import { join } from "node:path";
import { VARIABLE_PREFIX, type Config } from "../../src/config/keys.ts";

/** The path of the script that the installed wrangler declares as its command. */
export function findWrangler(): string {
  const manifest = createRequire(import.meta.url).resolve("wrangler/package.json");
  return join(manifest, "../bin/wrangler.js");
}

export interface WranglerFiles {
  readonly envFile: string;
  /** The folder of the hub's SQLite. */
  readonly stateFolder: string;
}

/** `extra`: the arguments behind `npm start --`, which go to wrangler unchanged. */
export function wranglerArguments(
  server: Config["server"],
  files: WranglerFiles,
  extra: readonly string[],
): string[] {
  return [
    "dev",
    `--ip=${server.host}`,
    `--port=${server.port}`,
    "--inspector-port=0", // A free port, so that two services can run side by side.
    `--env-file=${files.envFile}`,
    "--show-interactive-dev-session=false",
    ...(server.tls_enabled ? tlsArguments(server) : []),
    ...(isGiven("--persist-to", extra) ? [] : [`--persist-to=${files.stateFolder}`]),
    ...extra,
  ];
}

/** Without paths, wrangler generates a certificate. */
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

/** A sentence for each option that is a setting: wrangler would get it twice, and the settings would no longer be true. */
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

/** The shell's environment, without the settings, and with variables that fix how wrangler reads the env file and what it sends. */
export function wranglerEnvironment(shell: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const inherited = Object.entries(shell).filter(([name]) => !name.startsWith(VARIABLE_PREFIX));
  return {
    ...Object.fromEntries(inherited),
    CLOUDFLARE_LOAD_DEV_VARS_FROM_DOT_ENV: "true", // "false" would ignore --env-file.
    CLOUDFLARE_INCLUDE_PROCESS_ENV: "false", // "true" would give the Worker the whole environment.
    CLOUDFLARE_CF_FETCH_ENABLED: "false", // "true" would look up where this machine is, which the service does not need.
    WRANGLER_SEND_METRICS: "false",
    WRANGLER_HIDE_BANNER: "true", // "false" would also look up whether there is a newer version.
    X_LOCAL_EXPLORER: "false", // "true" would serve the hub's storage to everybody who can reach the port.
  };
}
