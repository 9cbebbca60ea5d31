/**
 * What the admin API needs of the service it manages. It speaks in the API's own nouns. The Worker implements these
 * ports on hubs and Ledgers, and the tests on plain objects.
 */
import type { ClientId } from "../protocol/client-id.ts";
import type { Fault } from "../protocol/errors.ts";
import type {
  IssuedToken,
  IssueTokenRequest,
  ParkedEventsPage,
  ParkedEventsQuery,
  SendSignalRequest,
  SessionInformationJson,
  SessionsPage,
  SessionsQuery,
} from "./nouns.ts";

/** The sessions of all hubs. */
export interface AdminSessions {
  /** At most `limit` sessions in the order of their client ids. MUST NOT wake a hub. */
  list(query: SessionsQuery): Promise<SessionsPage>;
  /** null: the client is not connected. `hub-updating`: its hub still runs a version that cannot answer. */
  find(clientId: ClientId): Promise<SessionInformationJson | null | "hub-updating">;
  /** Ends the client's session. False: the client is not connected. */
  kick(clientId: ClientId): Promise<boolean>;
}

/** The events that a sink has refused for good. */
export interface AdminParkedEvents {
  /** At most `limit` events in the order of their ids. */
  list(query: ParkedEventsQuery): Promise<ParkedEventsPage>;
  /** Queues parked events again; null: all of them. Returns how many there were; ids of other events do not count. */
  retry(ids: readonly number[] | null): Promise<number>;
}

/** What became of a backend's signal. */
export type SignalOutcome =
  /** `uuid`: the frame's, in text form. */
  | { readonly outcome: "delivered"; readonly uuid: string }
  | { readonly outcome: "refused"; readonly fault: Fault };

/** What the admin API reports of itself. Never a token, and never the content of a signal. */
export type AdminEvent =
  /** An operation has changed something. */
  | {
      readonly event: "admin.acted";
      readonly operation: "endSession" | "issueToken" | "sendSignal" | "retryParkedEvents";
      /** null: the operation concerns no single client. */
      readonly clientId: ClientId | null;
    }
  /** A request came without the admin token. */
  | { readonly event: "admin.refused" }
  | { readonly event: "admin.failed"; readonly error: unknown };

/**
 * Where a method rejects with `Unavailable`, the API answers 503 with Retry-After. Where it rejects with anything else, the
 * API answers 500 and observes `admin.failed`.
 */
export interface AdminService {
  readonly sessions: AdminSessions;
  readonly parkedEvents: AdminParkedEvents;
  /** null: no secret to sign with is configured. */
  readonly issueToken: (request: IssueTokenRequest) => Promise<IssuedToken | null>;
  readonly sendSignal: (request: SendSignalRequest) => Promise<SignalOutcome>;
  readonly observe: (event: AdminEvent) => void;
}
