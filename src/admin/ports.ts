/** What the admin API needs of the service. The Worker implements these on hubs and Ledgers, the tests on plain objects. */
import type { ClientId } from "../protocol/client-id.ts";
import type { Fault } from "../protocol/errors.ts";
import type { OperationId } from "./operations.ts";

/** One page of what is walked by key: `next` is the `after` of the page that follows; null: this was the last. */
export interface Page<Item, Key> {
  readonly items: readonly Item[];
  readonly next: Key | null;
}

export interface SessionSummary {
  readonly clientId: ClientId;
  readonly sessionId: string;
  /** The name of the hub that holds the session. */
  readonly hub: string;
  readonly connectedAtMs: number;
}

export interface SessionInformation extends SessionSummary {
  readonly lastActivityMs: number;
  /** Frames received from the client in this session. */
  readonly messageCount: number;
}

export interface SessionsQuery {
  /** Empty: every client. */
  readonly prefix: string;
  /** Only client ids that come after it; null: from the first. */
  readonly after: ClientId | null;
  readonly limit: number;
}

/** The sessions of all hubs. */
export interface AdminSessions {
  /** In the order of client ids, `limit` of them at most. MUST NOT wake a hub. */
  list(query: SessionsQuery): Promise<Page<SessionSummary, string>>;
  /** null: the client is not connected. */
  find(clientId: ClientId): Promise<SessionInformation | null>;
  /** Ends the client's session. False: it is not connected. */
  kick(clientId: ClientId): Promise<boolean>;
}

export interface IssueTokenRequest {
  readonly clientId: ClientId;
  /** null: as long as the configuration says. */
  readonly expiresInSeconds: number | null;
  /** Client ids, or `prefix*`; null: everybody. */
  readonly targets: readonly string[] | null;
}

export interface IssuedToken {
  readonly token: string;
  readonly expiresAtMs: number;
}

export interface BackendSignal {
  /** null: the backend speaks for itself, not for a client. */
  readonly source: ClientId | null;
  readonly target: ClientId;
  readonly messageType: "SIGNAL_OFFER" | "SIGNAL_ANSWER" | "SIGNAL_ICE_CANDIDATE";
  /** A JSON value, nested no deeper than MAX_SIGNAL_DEPTH of `schemas.ts`. */
  readonly data: unknown;
}

export type SignalOutcome =
  /** `uuid`, in text form, is the frame's. */
  | { readonly outcome: "delivered"; readonly uuid: string }
  | { readonly outcome: "refused"; readonly fault: Fault };

export interface ParkedEvent {
  /** What `retry` names it by. */
  readonly id: number;
  /** The event's own id: the same wherever it is published. */
  readonly eventId: string;
  readonly type: string;
  readonly hub: string;
  readonly atMs: number;
  readonly parkedAtMs: number;
  /** Why the sink refused it. */
  readonly reason: string;
  readonly data: Readonly<Record<string, unknown>>;
}

export interface ParkedEventsQuery {
  /** Only events whose id is greater; 0: from the first. */
  readonly after: number;
  readonly limit: number;
}

/** The events that were refused for good. */
export interface AdminParkedEvents {
  /** In the order of their ids, `limit` of them at most. */
  list(query: ParkedEventsQuery): Promise<Page<ParkedEvent, number>>;
  /** Queues them again; null: all. How many that were; an id that is not parked is none. */
  retry(ids: readonly number[] | null): Promise<number>;
}

/** What the admin API tells whoever watches. Never a token, never a signal's content. */
export type AdminEvent =
  /** Something was changed: the trail of who did what to whom. */
  | {
      readonly event: "admin.acted";
      readonly operation: OperationId;
      /** null: it was about no one client. */
      readonly clientId: ClientId | null;
    }
  /** Somebody without the token. */
  | { readonly event: "admin.refused" }
  | { readonly event: "admin.failed"; readonly error: unknown };

/** What rejects is answered 500, and told. */
export interface AdminPorts {
  readonly sessions: AdminSessions;
  readonly parkedEvents: AdminParkedEvents;
  /** null: no secret is configured to sign with. */
  readonly issueToken: (order: IssueTokenRequest) => Promise<IssuedToken | null>;
  readonly sendSignal: (signal: BackendSignal) => Promise<SignalOutcome>;
  readonly observe: (event: AdminEvent) => void;
}
