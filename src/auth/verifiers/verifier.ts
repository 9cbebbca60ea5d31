/** One kind of credentials, as the authenticator sees it. */
import type { Result } from "../../protocol/result.ts";
import type { AuthFault, Credentials, Grant } from "../grant.ts";

/** null: these credentials are not of this verifier's kind, so the next verifier decides. */
export type Verdict = Result<Grant, AuthFault> | null;

/** MUST NOT throw or reject, whatever the credentials. `nowMs`: milliseconds since 1970. */
export type Verifier = (credentials: Credentials, nowMs: number) => Verdict | Promise<Verdict>;
