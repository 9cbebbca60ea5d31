/** The command line of `npm run token`: as a request, or as a sentence on what is wrong with it. */
import { parseArgs } from "node:util";
import { MIN_SECRET_BYTES } from "../../src/config/cross-checks.ts";
import { KEYS } from "../../src/config/keys.ts";
import { list, type Kind } from "../../src/config/kinds.ts";
import { isReserved, parseClientId, type ClientId } from "../../src/protocol/client-id.ts";
import { faultRow } from "../../src/protocol/errors.ts";
import { failed, success, type Result } from "../../src/protocol/result.ts";

export const USAGE = `npm run --silent token -- CLIENT_ID [--expires SECONDS] [--targets LIST]

Prints a signed token with which CLIENT_ID can connect.
  --expires SECONDS  when the token expires; default: auth.token_expiry
  --targets LIST     whom the client may signal: client ids or prefixes (prefix*), separated by commas; default: everybody
The token is signed with auth.token_secret. For a deployed service, set SIGNAL_MANAGER_AUTH_TOKEN_SECRET in the shell.`;

export interface TokenRequest {
  readonly clientId: ClientId;
  /** null: auth.token_expiry. */
  readonly expiresInSeconds: number | null;
  /** null: everybody. */
  readonly targets: readonly string[] | null;
}

export function parseTokenRequest(args: readonly string[]): Result<TokenRequest, string> {
  const parsed = parseOptions(args);
  if (!parsed.ok) return parsed;
  const { positionals, values } = parsed.value;
  if (positionals.length !== 1) return failed("give one client id");
  const clientId = parseClientId(positionals[0]);
  if (clientId === null) {
    return failed("a client id is 1-128 characters without control characters");
  }
  if (isReserved(clientId)) return failed(faultRow("connect.reserved").text);
  const expiresInSeconds = optional(values.expires, KEYS.auth.token_expiry.kind);
  if (!expiresInSeconds.ok) {
    return failed(`--expires ${expiresInSeconds.failure}, got ${JSON.stringify(values.expires)}`);
  }
  const targets = optional(values.targets, list());
  if (!targets.ok) return failed(`--targets ${targets.failure}`);
  if (targets.value?.length === 0) return failed("--targets is an empty list");
  const wrong = targets.value?.find((target) => parseClientId(target) === null);
  if (wrong !== undefined) return failed(`--targets ${JSON.stringify(wrong)} is not a client id`);
  return success({ clientId, expiresInSeconds: expiresInSeconds.value, targets: targets.value });
}

/** A secret that is too short still signs on this machine, but a deployed service refuses it. null: it is long enough. */
export function secretWarning(tokenSecret: string): string | null {
  const bytes = Buffer.byteLength(tokenSecret);
  return bytes >= MIN_SECRET_BYTES
    ? null
    : `Warning: auth.token_secret has ${bytes} bytes and can be guessed. A deployed service refuses fewer than ${MIN_SECRET_BYTES} (try: openssl rand -base64 48)`;
}

function parseOptions(args: readonly string[]) {
  try {
    const options = { expires: { type: "string" }, targets: { type: "string" } } as const;
    return success(parseArgs({ args: joinNegative(args), options, allowPositionals: true }));
  } catch (error) {
    // parseArgs throws a TypeError whose message names the unknown option, or the one without a value.
    if (error instanceof TypeError) return failed(error.message);
    throw error;
  }
}

/**
 * Rewrites `--expires -4` as `--expires=-4`. parseArgs would take -4 for an option and say so in three lines; the kind of
 * the key says in one sentence what is wrong.
 */
function joinNegative(args: readonly string[]): string[] {
  return args.flatMap((arg, at) => {
    if (arg === "--expires" && isNegative(args[at + 1])) return [`${arg}=${args[at + 1]}`];
    return args[at - 1] === "--expires" && isNegative(arg) ? [] : [arg];
  });
}

function isNegative(arg: string | undefined): boolean {
  return arg !== undefined && /^-\d/.test(arg);
}

/** The value of an option, parsed like that of a configuration key; null: the option is not given. */
function optional<Value>(
  text: string | undefined,
  kind: Kind<Value>,
): Result<Value | null, string> {
  if (text === undefined) return success(null);
  const { value, faults } = kind(text);
  const [fault] = faults;
  return fault === undefined ? success(value ?? null) : failed(fault.text);
}
