/** What `npm run token` says of the secret it signs with. */
import { MIN_SECRET_BYTES } from "../../src/config/cross-checks.ts";

/** On this machine a short secret signs; a deployed Worker has to refuse it. null: it is long enough. */
export function secretWarning(tokenSecret: string): string | null {
  const bytes = Buffer.byteLength(tokenSecret);
  return bytes >= MIN_SECRET_BYTES
    ? null
    : `Warning: auth.token_secret has ${bytes} bytes, and can be guessed; a deployed Worker refuses fewer than ${MIN_SECRET_BYTES} (try: openssl rand -base64 48)`;
}
