/**
 * `npm start`: runs the service on this machine, by `wrangler dev` with the settings of this checkout and of the shell. The
 * arguments behind `npm start --` go to wrangler. All faults that can be found beforehand are reported before anything starts.
 */
import { resolve } from "node:path";
import { parseConfig } from "../src/config/parse-config.ts";
import { announce, isAnswering } from "./local/announcement.ts";
import { envFileText } from "./local/env-file.ts";
import { findListenFault } from "./local/listen-check.ts";
import { runWrangler } from "./local/run-wrangler.ts";
import { readLocalSettings, refusal } from "./local/settings.ts";
import { findTlsFileFaults } from "./local/tls-files.ts";
import { findOverlaps } from "./local/wrangler.ts";

const root = resolve(import.meta.dirname, "..");

async function main(extra: readonly string[]): Promise<void> {
  const local = readLocalSettings(root, process.env);
  if (!local.ok) return refuse(local.failure);
  const config = parseConfig(local.value.settings);
  if (!config.ok) return refuse(config.failure);
  const { server } = config.value;
  const envFile = envFileText(local.value.variables);
  const faults = [
    ...(envFile.ok ? [] : envFile.failure),
    ...findOverlaps(extra),
    ...findTlsFileFaults(root, server),
  ];
  if (!envFile.ok || faults.length > 0) return refuse(faults);
  const listenFault = await findListenFault(server.host, server.port);
  if (listenFault !== null) return refuse([listenFault]);
  runWrangler({
    root,
    server,
    envFileText: envFile.value,
    extra,
    onListening: (port, stopping) => void announce(config.value, port, stopping),
    isAnswering: (port, ms) => isAnswering(config.value, port, ms),
  });
}

function refuse(faults: readonly string[]): void {
  console.error(refusal("Signal Manager does not start", faults));
  process.exitCode = 1;
}

await main(process.argv.slice(2));
