/**
 * Every event that is ever published: one row per type. The types, docs/events.md and the tests read this table and nothing
 * else. How an event reaches a sink is the sink's.
 */

/** The types of fields in JSON, by their word in the table. */
interface JsonTypes {
  string: string;
  "string | null": string | null;
  integer: number;
  "integer | null": number | null;
  /** ISO 8601 in UTC with milliseconds. */
  time: string;
}

interface FieldRow {
  readonly type: keyof JsonTypes;
  readonly doc: string;
}

interface EventRow {
  readonly doc: string;
  /** The field that says which client the event is about; null: it is about the hub. */
  readonly about: string | null;
  /** False: published only if the configuration asks for it. */
  readonly byDefault: boolean;
  readonly fields: Readonly<Record<string, FieldRow>>;
  readonly example: Readonly<Record<string, string | number | null>>;
}

const SUMMARY_FIELDS = {
  count: { type: "integer", doc: "how many there were" },
  since: { type: "time", doc: "when counting began" },
  until: { type: "time", doc: "when counting ended" },
} as const satisfies EventRow["fields"];

const SIGNAL_FIELDS = {
  source_client_id: { type: "string", doc: "the client that sent them" },
  target_client_id: {
    type: "string | null",
    doc: "the client they were for; null: several clients, because there were too many pairs to list each",
  },
  message_type: { type: "string", doc: "a message type of PROTOCOL.md, such as `SIGNAL_OFFER`" },
} as const satisfies EventRow["fields"];

export const EVENTS = {
  "client.connected": {
    doc: "A session has begun. Exactly one per session.",
    about: "client_id",
    byDefault: true,
    fields: {
      client_id: { type: "string", doc: "the client that has the session" },
      session_id: { type: "string", doc: "the session's uuid, as in CONNECT_ACK" },
      connected_at: { type: "time", doc: "when the session began" },
    },
    example: {
      client_id: "alice",
      session_id: "3f0c9a52-5d0e-4c4e-9d5a-0d7f4f0b6a11",
      connected_at: "2026-11-23T06:00:00.000Z",
    },
  },
  "client.disconnected": {
    doc: "A session has ended. Exactly one per session, whatever ended it.",
    about: "client_id",
    byDefault: true,
    fields: {
      client_id: { type: "string", doc: "the client that had the session" },
      session_id: { type: "string", doc: "the session's uuid, as in `client.connected`" },
      reason: { type: "string", doc: "why it ended: one of the reasons below" },
      duration_ms: {
        type: "integer",
        doc: "milliseconds from the beginning of the session to its end",
      },
      message_count: {
        type: "integer | null",
        doc: "frames that the client sent in the session; null: the number was lost with the hub's memory",
      },
    },
    example: {
      client_id: "alice",
      session_id: "3f0c9a52-5d0e-4c4e-9d5a-0d7f4f0b6a11",
      reason: "disconnect",
      duration_ms: 184_250,
      message_count: 42,
    },
  },
  "client.auth_failed": {
    doc: "Credentials were refused. An unauthenticated caller can cause this at will, so refusals are counted: at most one event per minute and hub.",
    about: null,
    byDefault: true,
    fields: SUMMARY_FIELDS,
    example: { count: 17, since: "2026-11-23T06:00:00.000Z", until: "2026-11-23T06:01:00.000Z" },
  },
  rate_limited: {
    doc: "The rate limit refused frames, or upgrades (429, hub `worker`). Refusals are counted: at most one event per minute and hub.",
    about: null,
    byDefault: true,
    fields: SUMMARY_FIELDS,
    example: { count: 250, since: "2026-11-23T06:00:00.000Z", until: "2026-11-23T06:01:00.000Z" },
  },
  "signal.undelivered": {
    doc: "Signals that were not delivered. Their source got an ERROR for each.",
    about: "source_client_id",
    byDefault: true,
    fields: {
      ...SIGNAL_FIELDS,
      error_code: { type: "integer", doc: "the code of the ERROR, such as 404" },
      count: { type: "integer", doc: "how many there were since the previous event" },
    },
    example: {
      source_client_id: "alice",
      target_client_id: "bob",
      message_type: "SIGNAL_OFFER",
      error_code: 404,
      count: 1,
    },
  },
  "signal.delivered": {
    doc: "Signals that were delivered: handed to their target's connection.",
    about: "source_client_id",
    byDefault: false,
    fields: {
      ...SIGNAL_FIELDS,
      count: { type: "integer", doc: "how many there were since the previous event" },
    },
    example: {
      source_client_id: "alice",
      target_client_id: "bob",
      message_type: "SIGNAL_ICE_CANDIDATE",
      count: 12,
    },
  },
} as const satisfies Record<string, EventRow>;

export type EventType = keyof typeof EVENTS;

type Fields<Type extends EventType> = (typeof EVENTS)[Type]["fields"];

type TypeOf<Field> = Field extends { readonly type: infer Word extends keyof JsonTypes }
  ? JsonTypes[Word]
  : never;

/** The data of an event of this type, as JSON. */
export type EventData<Type extends EventType> = {
  readonly [Name in keyof Fields<Type>]: TypeOf<Fields<Type>[Name]>;
};

/** What happened, without where and when. */
export type EventBody = {
  readonly [Type in EventType]: { readonly type: Type; readonly data: EventData<Type> };
}[EventType];

/** What happened and when, as the rules of a hub say it. */
export interface NewEvent {
  /** Milliseconds since 1970. */
  readonly atMs: number;
  readonly body: EventBody;
}

/** An event as the Ledger holds it. */
export type StoredEvent = EventBody & {
  /** Unique, and the same however often the event is published. */
  readonly id: string;
  /** The name of the hub where it happened; `worker`: before it reached any hub. */
  readonly hub: string;
  /** The ordering key: events of one partition are published in order. The same for all events of a hub. */
  readonly partition: string;
  /** Assigned by the Ledger. Rises from each event of a hub to the next, not always by one. */
  readonly sequence: number;
  /** When it happened, in milliseconds since 1970. */
  readonly atMs: number;
};

/** A row of the table, with every column readable on every row. */
export function eventRow(type: EventType): EventRow {
  return EVENTS[type];
}

/** The client that the event is about; null: it is about the hub. */
export function clientOf({ type, data }: EventBody): string | null {
  const { about } = eventRow(type);
  if (about === null) return null;
  const values: Readonly<Record<string, unknown>> = data;
  const client = values[about];
  return typeof client === "string" ? client : null;
}
