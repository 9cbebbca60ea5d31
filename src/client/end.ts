/** How an attempt or a session ended, and what follows from it. Pure. */
import { CLOSE_CODES, type CloseName } from "../protocol/close-codes.ts";
import type { ErrorReport } from "../protocol/payloads/json-answers.ts";
import { codeOfClose, codeOfErrorFrame, SIGNAL_ERRORS, SignalError } from "./errors.ts";

export type End =
  /** `cause` is undefined where the function returned what is no token. */
  | { readonly kind: "token-failed"; readonly cause: unknown }
  /** The platform refuses the URL. */
  | { readonly kind: "impossible"; readonly cause: unknown }
  | { readonly kind: "not-opened" }
  | { readonly kind: "late" }
  /** CONNECT was answered by ERROR. */
  | { readonly kind: "refused"; readonly report: ErrorReport }
  | { readonly kind: "too-old" }
  | { readonly kind: "silent" }
  | { readonly kind: "framing-lost"; readonly detail: string }
  /** `report`: the ERROR that came before the close. */
  | { readonly kind: "closed"; readonly code: number; readonly report: ErrorReport | null };

export interface Verdict {
  /** `stop`: connecting again by itself would fail again, or fight. */
  readonly kind: "retry" | "stop";
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
    case "token-failed":
      return retry(new SignalError("token-failed", { cause: end.cause }));
    case "impossible":
      return stop(new SignalError("bad-option", { detail: String(end.cause), cause: end.cause }));
    case "not-opened":
      return retry(new SignalError("unreachable"));
    case "late":
      return retry(new SignalError("unreachable", { detail: "CONNECT had no answer in time" }));
    case "refused":
      return refused(end.report, history);
    case "too-old":
      return stop(new SignalError("hub-too-old"));
    case "silent":
      return retry(new SignalError("connection-lost", { detail: "no pong in time" }));
    case "framing-lost":
      return retry(new SignalError("bad-frame", { detail: end.detail }));
    case "closed":
      return closed(end.code, end.report, history);
  }
}

function refused({ code, text, retryAfterMs }: ErrorReport, history: History): Verdict {
  const known = codeOfErrorFrame(code);
  if (known === "unauthenticated") return renew({ detail: text, errorCode: code }, history);
  if (!SIGNAL_ERRORS[known].retryable) {
    return stop(new SignalError("connect-refused", { detail: text, errorCode: code }));
  }
  const details = { detail: text, errorCode: code, retryAfterMs: retryAfterMs ?? undefined };
  return retry(new SignalError(known, details));
}

/** Where the network swallowed the close, the ERROR before it says the same. */
const CLOSE_AFTER: Readonly<Record<number, CloseName>> = {
  401: "unauthenticated",
  409: "replaced",
};

function closed(code: number, report: ErrorReport | null, history: History): Verdict {
  const name = nameOfClose(code) ?? (report === null ? undefined : CLOSE_AFTER[report.code]);
  const details = {
    detail: report?.text ?? (name === undefined ? undefined : CLOSE_CODES[name].doc),
    closeCode: code,
    errorCode: report?.code,
  };
  switch (name === undefined ? "backoff" : CLOSE_CODES[name].reconnect) {
    case "new-token":
      return renew(details, history);
    case "never":
      return stop(new SignalError(codeOfClose(name), details));
    case "backoff":
      return retry(new SignalError(codeOfClose(name), details));
  }
}

/** Another token may do, once: a function that gives a refused one twice in a row has no better. */
function renew(
  details: { detail: string | undefined; errorCode?: number | undefined; closeCode?: number },
  { tokenIsRenewable, refusals }: History,
): Verdict {
  return tokenIsRenewable && refusals === 0
    ? { ...retry(new SignalError("connection-lost", details)), isRefusal: true }
    : { ...stop(new SignalError("unauthenticated", details)), isRefusal: true };
}

function nameOfClose(code: number): CloseName | undefined {
  // Object.keys widens to string; they are the table's own.
  return (Object.keys(CLOSE_CODES) as CloseName[]).find((name) => CLOSE_CODES[name].code === code);
}

function retry(error: SignalError): Verdict {
  return { kind: "retry", error, isRefusal: false };
}

function stop(error: SignalError): Verdict {
  return { kind: "stop", error, isRefusal: false };
}
