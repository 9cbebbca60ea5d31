/** How an attempt or a session ended, and what follows from it. Pure. */
import { CLOSE_CODES, type CloseName } from "../protocol/close-codes.ts";
import type { ErrorReport } from "../protocol/messages/error.ts";
import { codeOfClose, codeOfErrorFrame, SIGNAL_ERRORS, SignalError } from "./errors.ts";

export type End =
  /** The client itself ended it, or could not begin it. */
  | { readonly kind: "failed"; readonly error: SignalError }
  /** CONNECT was answered by ERROR. */
  | { readonly kind: "refused"; readonly report: ErrorReport }
  /** `report`: the ERROR that came before the close. */
  | { readonly kind: "closed"; readonly code: number; readonly report: ErrorReport | null };

export interface Verdict {
  /** Where it is not retryable, connecting again by itself would fail again, or fight: the client stops. */
  readonly error: SignalError;
  /** Whether the hub refused the credentials. */
  readonly isRefusal: boolean;
}

/** What is known of the attempts before. */
export interface History {
  /** Whether a new token can be asked for. */
  readonly tokenIsRenewable: boolean;
  /** How often in a row the hub has refused the credentials before this. */
  readonly refusals: number;
}

export function judge(end: End, history: History): Verdict {
  switch (end.kind) {
    case "failed":
      return { error: end.error, isRefusal: false };
    case "refused":
      return refused(end.report, history);
    case "closed":
      return closed(end.code, end.report, history);
  }
}

function refused({ code, text, retryAfterMs }: ErrorReport, history: History): Verdict {
  const details = { detail: text, errorCode: code, retryAfterMs: retryAfterMs ?? undefined };
  const known = codeOfErrorFrame(code);
  if (known === "unauthenticated") return renew(details, history);
  const said = SIGNAL_ERRORS[known].retryable ? known : "connect-refused";
  return { error: new SignalError(said, details), isRefusal: false };
}

/** Where the network swallowed the close, the ERROR before it says the same. */
const CLOSE_AFTER: Readonly<Record<number, CloseName>> = {
  401: "unauthenticated",
  403: "kicked",
  409: "replaced",
};

function closed(code: number, report: ErrorReport | null, history: History): Verdict {
  const name = nameOfClose(code) ?? CLOSE_AFTER[report?.code ?? 0];
  const details = { detail: report?.text, closeCode: code, errorCode: report?.code };
  if (name !== undefined && CLOSE_CODES[name].reconnect === "new-token") {
    return renew(details, history);
  }
  return { error: new SignalError(codeOfClose(name), details), isRefusal: false };
}

/** Another token may do, once: a function that gives a refused one twice in a row has no better. */
function renew(details: object, { tokenIsRenewable, refusals }: History): Verdict {
  const code = tokenIsRenewable && refusals === 0 ? "connection-lost" : "unauthenticated";
  return { error: new SignalError(code, details), isRefusal: true };
}

function nameOfClose(code: number): CloseName | undefined {
  // Object.keys widens to string; they are the table's own.
  return (Object.keys(CLOSE_CODES) as CloseName[]).find((name) => CLOSE_CODES[name].code === code);
}
