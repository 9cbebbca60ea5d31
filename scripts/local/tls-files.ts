/** Checks before wrangler starts that the configured certificate and key can be read: wrangler would print a stack trace. */
import { accessSync, constants } from "node:fs";
import { resolve } from "node:path";
import type { Config } from "../../src/config/keys.ts";

/** A sentence for each file that cannot be read. Relative paths start at `root`, the checkout. */
export function findTlsFileFaults(root: string, server: Config["server"]): string[] {
  if (!server.tls_enabled) return [];
  return (["tls_cert_path", "tls_key_path"] as const)
    .filter((key) => server[key] !== "" && !isReadable(resolve(root, server[key])))
    .map((key) => `server.${key} names a file that cannot be read: ${JSON.stringify(server[key])}`);
}

function isReadable(path: string): boolean {
  try {
    accessSync(path, constants.R_OK);
    return true;
  } catch {
    // The file is missing or this user may not read it. The sentence fits both.
    return false;
  }
}
