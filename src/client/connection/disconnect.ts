/** How an attempt or a session ended, and whether the client may try again. Pure. */
import { CLOSE_CODES, type CloseName } from "../../protocol/close-codes.ts";
import type { ErrorReport } from "../../protocol/messages/error.ts";
import { codeOfClose, codeOfErrorFrame, SIGNAL_ERRORS, SignalError } from "../errors.ts";

export type Disconnect =
  /** The client ended the connection, or could not open one. */
  | { readonly kind: "failed"; readonly error: SignalError }
  /** The hub answered CONNECT with ERROR. */
  | { readonly kind: "refused"; readonly report: ErrorReport }
  /** The socket closed. `report` is the ERROR that came before the close. */
  | { readonly kind: "closed"; readonly code: number; readonly report: ErrorReport | null };

export interface Verdict {
  /** If it is not retryable, the client stops: another attempt would fail again, or fight with another connection. */
  readonly error: SignalError;
  /** Whether the hub refused the credentials. */
  readonly isRefusal: boolean;
}

/** `canRenewToken`: whether another token may be better than the one that was used. */
export function classifyEnd(end: Disconnect, canRenewToken: boolean): Verdict {
  switch (end.kind) {
    case "failed":
      return { error: end.error, isRefusal: false };
    case "refused":
      return classifyRefusal(end.report, canRenewToken);
    case "closed":
      return classifyClose(end.code, end.report, canRenewToken);
  }
}

function classifyRefusal(
  { code, text, retryAfterMs }: ErrorReport,
  canRenewToken: boolean,
): Verdict {
  const details = { detail: text, errorCode: code, retryAfterMs: retryAfterMs ?? undefined };
  const known = codeOfErrorFrame(code);
  if (known === "unauthenticated") return classifyBadToken(details, canRenewToken);
  const reported = SIGNAL_ERRORS[known].retryable ? known : "connect-refused";
  return { error: new SignalError(reported, details), isRefusal: false };
}

/** If the network swallowed the close, the ERROR before it names the same reason. */
const CLOSE_AFTER_ERROR: Readonly<Record<number, CloseName>> = {
  401: "unauthenticated",
  403: "kicked",
  409: "replaced",
};

function classifyClose(code: number, report: ErrorReport | null, canRenewToken: boolean): Verdict {
  const name = nameOfClose(code) ?? CLOSE_AFTER_ERROR[report?.code ?? 0];
  const details = { detail: report?.text, closeCode: code, errorCode: report?.code };
  if (name !== undefined && CLOSE_CODES[name].reconnect === "new-token") {
    return classifyBadToken(details, canRenewToken);
  }
  return { error: new SignalError(codeOfClose(name), details), isRefusal: false };
}

function classifyBadToken(details: object, canRenewToken: boolean): Verdict {
  const code = canRenewToken ? "connection-lost" : "unauthenticated";
  return { error: new SignalError(code, details), isRefusal: true };
}

function nameOfClose(code: number): CloseName | undefined {
  // Object.keys widens to string, but they are the table's own.
  return (Object.keys(CLOSE_CODES) as CloseName[]).find((name) => CLOSE_CODES[name].code === code);
}
