/** The command line of `npm run token`, as a request or as what is wrong with it. */
import { parseArgs } from "node:util";
import { KEYS } from "../../src/config/keys.ts";
import { list } from "../../src/config/kinds.ts";
import { parseClientId, type ClientId } from "../../src/protocol/client-id.ts";
import { failed, success, type Result } from "../../src/protocol/result.ts";

export const USAGE = `npm run --silent token -- CLIENT_ID [--expires SECONDS] [--targets LIST]

Prints a signed token with which CLIENT_ID can connect.
  --expires SECONDS  how long it lives; default: auth.token_expiry
  --targets LIST     whom the client may signal: client ids, or prefix*, between commas; default: everybody
The secret is auth.token_secret: for a deployed hub set SIGNAL_MANAGER_AUTH_TOKEN_SECRET in the shell.`;

export interface TokenRequest {
  readonly clientId: ClientId;
  /** null: as configured. */
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
  const expiresInSeconds = optional(values.expires, KEYS.auth.token_expiry.kind);
  if (!expiresInSeconds.ok) {
    return failed(`--expires ${expiresInSeconds.failure}, got ${JSON.stringify(values.expires)}`);
  }
  const targets = optional(values.targets, list());
  if (!targets.ok) return failed(`--targets ${targets.failure}`);
  if (targets.value?.length === 0) return failed("--targets names nobody");
  const wrong = targets.value?.find((target) => parseClientId(target) === null);
  if (wrong !== undefined) return failed(`--targets ${JSON.stringify(wrong)} is no client id`);
  return success({ clientId, expiresInSeconds: expiresInSeconds.value, targets: targets.value });
}

function parseOptions(args: readonly string[]) {
  try {
    const options = { expires: { type: "string" }, targets: { type: "string" } } as const;
    return success(parseArgs({ args: joinNegative(args), options, allowPositionals: true }));
  } catch (error) {
    // parseArgs throws a TypeError whose message says which option it does not know, or which lacks its value.
    if (error instanceof TypeError) return failed(error.message);
    throw error;
  }
}

/** `--expires -4` as `--expires=-4`: parseArgs takes -4 for an option, and explains that at length; the kind says it in a sentence. */
function joinNegative(args: readonly string[]): string[] {
  return args.flatMap((arg, at) => {
    if (arg === "--expires" && isNegative(args[at + 1])) return [`${arg}=${args[at + 1]}`];
    return args[at - 1] === "--expires" && isNegative(arg) ? [] : [arg];
  });
}

function isNegative(arg: string | undefined): boolean {
  return arg !== undefined && /^-\d/.test(arg);
}

/** An option's text as one of the configuration's kinds reads it; null: the option is not given. */
function optional<Value>(
  text: string | undefined,
  kind: { safeParse(text: string): Parsed<Value> },
): Result<Value | null, string> {
  if (text === undefined) return success(null);
  const parsed = kind.safeParse(text);
  return parsed.success
    ? success(parsed.data)
    : failed(parsed.error.issues[0]?.message ?? "is not valid");
}

type Parsed<Value> =
  | { readonly success: true; readonly data: Value }
  | {
      readonly success: false;
      readonly error: { readonly issues: readonly { readonly message: string }[] };
    };
