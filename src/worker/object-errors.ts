/**
 * THE table of what a call to a hub or a Ledger can fail with: how the platform tells it, what it means, and what the caller
 * does. `object-calls.ts` carries it out, /metrics counts by it, and docs/troubleshooting.md prints it.
 */
import type { CallFailure } from "../metrics/table.ts";

/** What workerd sets on an error that comes from a call to an object. */
interface Told {
  readonly message: string;
  readonly overloaded: boolean;
  readonly durableObjectReset: boolean;
  readonly retryable: boolean;
  readonly isLate: boolean;
}

interface ObjectErrorRow {
  readonly is: (told: Told) => boolean;
  /** How the platform tells it. */
  readonly told: string;
  readonly meaning: string;
  /** Whether a call that may be repeated is made once more, with a new stub. */
  readonly isRepeated: boolean;
  /** Seconds after which the caller may come again, with status 503; null: the fault is ours, and the status is 500. */
  readonly retryAfterSeconds: number | null;
}

/** Our own time limit: the object has not answered. */
export class LateAnswer extends Error {
  constructor(ms: number) {
    super(`no answer within ${ms} ms`);
  }
}

/** In order: the first row that fits holds. */
export const OBJECT_ERRORS: Readonly<Record<CallFailure, ObjectErrorRow>> = {
  exceeded: {
    is: ({ message }) => /exceeded (its )?(memory|CPU)/i.test(message),
    told: "“… exceeded its memory limit and was reset.”, “… exceeded its CPU time limit and was reset.”",
    meaning:
      "The object was too large or too slow for the platform, and lost its sockets: use more hubs.",
    isRepeated: false,
    retryAfterSeconds: 5,
  },
  overloaded: {
    is: ({ overloaded, message }) =>
      overloaded || /is overloaded\.|Please back off and try again later/.test(message),
    told: "`overloaded`: “Durable Object is overloaded. …”, “Your account is … Please back off and try again later.”",
    meaning:
      "More calls wait than the object, or the account, can handle. Repeating adds to the load.",
    isRepeated: false,
    retryAfterSeconds: 10,
  },
  reset: {
    is: ({ durableObjectReset, message }) =>
      durableObjectReset || /no longer active|because the object was reset/.test(message),
    told: "`durableObjectReset`: “Durable Object reset because its code was updated.”, “… storage operation exceeded timeout which caused object to be reset.”; “Connection closed: this Durable Object instance is no longer active. …”",
    meaning:
      "This instance is gone, by an update or a failure of its storage. The next call starts another.",
    isRepeated: true,
    retryAfterSeconds: 1,
  },
  updating: {
    is: ({ message }) => message.startsWith("The RPC receiver does not implement"),
    told: "“The RPC receiver does not implement …”",
    meaning: "The object still runs an earlier release, for some minutes after a deployment.",
    isRepeated: false,
    retryAfterSeconds: 1,
  },
  unreachable: {
    is: ({ retryable }) => retryable,
    told: "`retryable`: “Network connection lost.”",
    meaning: "The connection to the object broke.",
    isRepeated: true,
    retryAfterSeconds: 1,
  },
  late: {
    is: ({ isLate }) => isLate,
    told: "nothing within ten seconds; between hubs five",
    meaning: "The object hangs, or its answer is lost.",
    isRepeated: false,
    retryAfterSeconds: 5,
  },
  internal: {
    is: ({ message }) => message.startsWith("internal error"),
    told: "“internal error; reference = …”",
    meaning: "The platform has a fault of its own.",
    isRepeated: false,
    retryAfterSeconds: 5,
  },
  fault: {
    is: () => true,
    told: "anything else, for example an error of SQLite, or one that our own code threw (`remote` alone)",
    meaning: "The fault is ours: the log has it as an error.",
    isRepeated: false,
    retryAfterSeconds: null,
  },
};

export function failureOf(error: unknown): CallFailure {
  const told = readError(error);
  for (const [failure, row] of Object.entries(OBJECT_ERRORS)) {
    // Object.entries widens to string; these are the table's own.
    if (row.is(told)) return failure as CallFailure;
  }
  return "fault";
}

function readError(error: unknown): Told {
  const marks: Readonly<Record<string, unknown>> = error instanceof Error ? { ...error } : {};
  return {
    message: error instanceof Error ? error.message : "",
    overloaded: marks["overloaded"] === true,
    durableObjectReset: marks["durableObjectReset"] === true,
    retryable: marks["retryable"] === true,
    isLate: error instanceof LateAnswer,
  };
}
