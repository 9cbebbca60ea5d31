/** The lines that say where the service listens and where its demo is, printed once the service answers. */
import { request as httpRequest } from "node:http";
import { request as httpsRequest } from "node:https";
import { setTimeout as pause } from "node:timers/promises";
import { isPublicApiKey } from "../../src/config/cross-checks.ts";
import type { Config } from "../../src/config/keys.ts";

/** Waits until the service answers, and prints the lines then. Prints nothing if `stopping` aborts before. */
export async function announce(config: Config, port: number, stopping: AbortSignal): Promise<void> {
  try {
    const status = await askHealth(config.server, port, stopping);
    if (status !== 200) throw new Error(`/health answered ${status}`);
    console.log(announcement(config, port));
    console.log(demoLine(config, port));
    const warning = exposureWarning(config);
    if (warning !== null) console.warn(warning);
  } catch (error) {
    if (!stopping.aborted) console.error("Signal Manager is not ready:", error);
  }
}

/** How long to wait before the service is asked again. */
const ASK_AGAIN_MS = 1000;

/** Whether the service answers within so many milliseconds. While its runtime restarts, it may answer 500, or break connections. */
export async function isAnswering(config: Config, port: number, ms: number): Promise<boolean> {
  const timeUp = AbortSignal.timeout(ms);
  while (!timeUp.aborted) {
    // A failure: nothing listens there, the connection breaks, or nothing comes in time.
    const status = await askHealth(config.server, port, timeUp).catch(() => null);
    if (status === 200) return true;
    await pause(ASK_AGAIN_MS);
  }
  return false;
}

/** `port`: the port that the service listens on; the configured one may be 0. */
export function announcement({ server, auth }: Config, port: number): string {
  const url = `${server.tls_enabled ? "wss" : "ws"}://${authority(server.host, port)}/`;
  const known = auth.api_keys.find(isPublicApiKey);
  const credentials = known ? `  (test credentials: ${known.clientId} / ${known.token})` : "";
  return `Signal Manager listens on ${url}${credentials}`;
}

/** Where a browser on this machine finds the demo. */
export function demoLine({ server }: Config, port: number): string {
  const host = isWildcard(server.host) ? "localhost" : server.host;
  const url = `${server.tls_enabled ? "https" : "http"}://${authority(host, port)}/demo/`;
  return `See a call: open ${url} in a browser`;
}

/** A warning where other machines can reach a service that accepts the published test credentials; else null. */
export function exposureWarning({ server, auth }: Config): string | null {
  const isLocal =
    server.host === "localhost" || server.host === "::1" || server.host.startsWith("127.");
  return isLocal || !auth.api_keys.some(isPublicApiKey)
    ? null
    : `Everybody who can reach ${server.host} can connect with the published test credentials: set SIGNAL_MANAGER_AUTH_API_KEYS to your own`;
}

function authority(host: string, port: number): string {
  return `${host.includes(":") ? `[${host}]` : host}:${port}`;
}

/** Whether the service listens on every address of this machine. */
function isWildcard(host: string): boolean {
  return host === "0.0.0.0" || host === "::";
}

/** The HTTP status of /health. wrangler listens before the Worker is ready, and holds requests until then. */
function askHealth(server: Config["server"], port: number, signal: AbortSignal): Promise<number> {
  const options = {
    host: isWildcard(server.host) ? "localhost" : server.host,
    port,
    path: "/health",
    signal,
  };
  return new Promise((resolve, reject) => {
    const request = server.tls_enabled
      ? // Our own server, whose certificate no authority has signed.
        httpsRequest({ ...options, rejectUnauthorized: false })
      : httpRequest(options);
    request
      .once("response", (response) => {
        response.resume();
        resolve(response.statusCode ?? 0);
      })
      .once("error", reject)
      .end();
  });
}
