/**
 * THE table of the admin API: one row an operation. The app routes by it, requests are read by it, and the OpenAPI
 * document is printed from it. What an operation does is in `handlers.ts`.
 */
import type * as z from "zod";
import {
  BackendSignal,
  ClientPath,
  DeliveredSignal,
  IssuedToken,
  NOTHING,
  ParkedEventsPage,
  ParkedEventsQuery,
  RetriedEvents,
  RetryRequest,
  SessionInformation,
  SessionsPage,
  SessionsQuery,
  IssueTokenRequest,
} from "./schemas.ts";

export interface OperationRow {
  readonly method: "GET" | "POST" | "DELETE";
  /** Below /admin, as OpenAPI spells it. */
  readonly path: string;
  readonly summary: string;
  readonly parameters: { readonly path: z.ZodObject; readonly query: z.ZodObject };
  /** null: it takes none. */
  readonly body: z.ZodObject | null;
  /** null: 204. */
  readonly answer: { readonly schema: z.ZodObject; readonly doc: string } | null;
  /** Beyond what any operation may answer: see `COMMON_PROBLEMS`. */
  readonly problems: Readonly<Record<number, string>>;
}

const NOT_CONNECTED = "The client is not connected";

export const OPERATIONS = {
  listSessions: {
    method: "GET",
    path: "/sessions",
    summary: "The sessions that are live, in the order of their client ids",
    parameters: { path: NOTHING, query: SessionsQuery },
    body: null,
    answer: { schema: SessionsPage, doc: "One page" },
    problems: {},
  },
  readSession: {
    method: "GET",
    path: "/sessions/{client_id}",
    summary: "The session of one client",
    parameters: { path: ClientPath, query: NOTHING },
    body: null,
    answer: { schema: SessionInformation, doc: "The session" },
    problems: { 404: NOT_CONNECTED },
  },
  endSession: {
    method: "DELETE",
    path: "/sessions/{client_id}",
    summary: "Kicks a client: it gets an ERROR, and its connection is closed",
    parameters: { path: ClientPath, query: NOTHING },
    body: null,
    answer: null,
    problems: { 404: NOT_CONNECTED },
  },
  issueToken: {
    method: "POST",
    path: "/tokens",
    summary: "Issues a signed token with which a client can connect",
    parameters: { path: NOTHING, query: NOTHING },
    body: IssueTokenRequest,
    answer: { schema: IssuedToken, doc: "The token" },
    problems: { 409: "auth.token_secret is not set: there is nothing to sign with" },
  },
  sendSignal: {
    method: "POST",
    path: "/signals",
    summary: "Sends a signal to a client, and says what became of it",
    parameters: { path: NOTHING, query: NOTHING },
    body: BackendSignal,
    answer: { schema: DeliveredSignal, doc: "It was handed to the client's connection" },
    problems: {
      404: NOT_CONNECTED,
      503: "The client does not read, or its hub is out of reach: then the signal may have arrived. Try again after retry-after",
    },
  },
  listParkedEvents: {
    method: "GET",
    path: "/events/parked",
    summary: "The events that the sink refused for good",
    parameters: { path: NOTHING, query: ParkedEventsQuery },
    body: null,
    answer: { schema: ParkedEventsPage, doc: "One page" },
    problems: {},
  },
  retryParkedEvents: {
    method: "POST",
    path: "/events/retry",
    summary: "Queues parked events to be published again",
    parameters: { path: NOTHING, query: NOTHING },
    body: RetryRequest,
    answer: { schema: RetriedEvents, doc: "How many were queued" },
    problems: {},
  },
} as const satisfies Readonly<Record<string, OperationRow>>;

type Operations = typeof OPERATIONS;
export type OperationId = keyof Operations;

/** What a request asks for, once it is parsed. */
export interface InputOf<Id extends OperationId> {
  readonly path: z.output<Operations[Id]["parameters"]["path"]>;
  readonly query: z.output<Operations[Id]["parameters"]["query"]>;
  readonly body: Operations[Id]["body"] extends z.ZodObject
    ? z.output<Operations[Id]["body"]>
    : null;
}

/** The JSON of an answer; null: there is none to give. */
export type AnswerOf<Id extends OperationId> = Operations[Id]["answer"] extends {
  readonly schema: infer Schema extends z.ZodObject;
}
  ? z.input<Schema>
  : null;

/** The table's rows, with every column readable on every row. */
export const OPERATION_ROWS: readonly (readonly [OperationId, OperationRow])[] =
  // Object.entries widens the keys to string; they are the table's own.
  Object.entries(OPERATIONS) as [OperationId, OperationRow][];
