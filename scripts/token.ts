/**
 * `npm run token`: prints a signed token for a client id, and nothing else, on stdout. Warnings and errors go to stderr.
 * `local/token-request.ts` documents the options.
 */
import { resolve } from "node:path";
import { issueJwt } from "../src/auth/jwt.ts";
import { parseConfig } from "../src/config/parse-config.ts";
import { readLocalSettings, refusal } from "./local/settings.ts";
import { parseTokenRequest, secretWarning, USAGE } from "./local/token-request.ts";

const root = resolve(import.meta.dirname, "..");

async function main(args: readonly string[]): Promise<void> {
  const request = parseTokenRequest(args);
  if (!request.ok) return stop(2, `No token: ${request.failure}\n\n${USAGE}`);
  const local = readLocalSettings(root, process.env);
  if (!local.ok) return stop(1, refusal("No token", local.failure));
  const config = parseConfig(local.value.settings);
  if (!config.ok) return stop(1, refusal("No token", config.failure));
  const { token_secret, token_expiry } = config.value.auth;
  if (token_secret === "") {
    const fault = "auth.token_secret is empty, so there is no secret to sign with";
    return stop(1, refusal("No token", [fault]));
  }
  const warning = secretWarning(token_secret);
  if (warning !== null) console.error(warning);
  const { clientId, targets, expiresInSeconds } = request.value;
  const claims = targets === null ? { clientId } : { clientId, targets };
  console.log(await issueJwt(token_secret, claims, expiresInSeconds ?? token_expiry, Date.now()));
}

function stop(exitCode: 1 | 2, message: string): void {
  console.error(message);
  process.exitCode = exitCode;
}

await main(process.argv.slice(2));
