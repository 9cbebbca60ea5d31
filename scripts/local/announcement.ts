/** The line that says where the service listens, once it answers. */
import { request as httpRequest } from "node:http";
import { request as httpsRequest } from "node:https";
import { PUBLIC_API_KEYS } from "../../src/config/cross-checks.ts";
import type { Config } from "../../src/config/keys.ts";

/** Prints it as soon as the service answers; nothing, if it is told to stop before. */
export async function announce(config: Config, port: number, stopping: AbortSignal): Promise<void> {
  try {
    const status = await askHealth(config.server, port, stopping);
    if (status !== 200) throw new Error(`/health answered ${status}`);
    console.log(announcement(config, port));
    const warning = exposureWarning(config);
    if (warning !== null) console.warn(warning);
  } catch (error) {
    if (!stopping.aborted) console.error("Signal Manager is not ready:", error);
  }
}

/** `port`: the real one, where the configured is 0. */
export function announcement({ server, auth }: Config, port: number): string {
  const url = `${server.tls_enabled ? "wss" : "ws"}://${urlHost(server.host)}:${port}/`;
  const known = PUBLIC_API_KEYS.find((pair) => auth.api_keys.includes(pair));
  const credentials = known ? `  (test credentials: ${known.replace(":", " / ")})` : "";
  return `Signal Manager listens on ${url}${credentials}`;
}

/** What everybody on the network can use; null: nothing. */
export function exposureWarning({ server, auth }: Config): string | null {
  const isLocal =
    server.host === "localhost" || server.host === "::1" || server.host.startsWith("127.");
  return isLocal || !auth.api_keys.some((pair) => PUBLIC_API_KEYS.includes(pair))
    ? null
    : `Whoever reaches ${server.host} can connect with the document's test credentials: set SIGNAL_MANAGER_AUTH_API_KEYS to your own`;
}

function urlHost(host: string): string {
  return host.includes(":") ? `[${host}]` : host;
}

/** The HTTP status of /health. wrangler listens before the Worker is there, and lets requests wait for it. */
function askHealth(server: Config["server"], port: number, signal: AbortSignal): Promise<number> {
  const isWildcard = server.host === "0.0.0.0" || server.host === "::";
  const options = { host: isWildcard ? "localhost" : server.host, port, path: "/health", signal };
  return new Promise((resolve, reject) => {
    const request = server.tls_enabled
      ? // Our own server, whose certificate nobody has signed.
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
