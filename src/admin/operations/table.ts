/** THE table of the admin API. The app routes by it, its schemas check requests, and the OpenAPI document is printed from it. */
import type { Operation } from "../operation.ts";
import { listParkedEvents, retryParkedEvents } from "./parked-events.ts";
import { endSession, listSessions, readSession } from "./sessions.ts";
import { sendSignal } from "./signals.ts";
import { issueToken } from "./tokens.ts";

export const OPERATIONS = {
  listSessions,
  readSession,
  endSession,
  issueToken,
  sendSignal,
  listParkedEvents,
  retryParkedEvents,
};

/** The name of an operation, also in the OpenAPI document. */
export type OperationId = keyof typeof OPERATIONS;

/** The rows in the table's order. */
export const OPERATION_ROWS: readonly (readonly [OperationId, Operation])[] =
  // Object.entries widens the ids to string; they are the table's own. The reader of requests gives each handler the input
  // that the schemas of its own row have made, which a list of rows cannot tell the compiler.
  Object.entries(OPERATIONS) as unknown as [OperationId, Operation][];
