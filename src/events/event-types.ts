/**
 * Every event that is ever published: one row a type. The types, docs/events.md and the tests read this table and nothing
 * else. What carries an event to Pub/Sub is in `cloud-event.ts`.
 */

/** What a field may be in JSON, by the word of the table. */
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
  /** False: published only where the configuration asks for it. */
  readonly byDefault: boolean;
  readonly fields: Readonly<Record<string, FieldRow>>;
  readonly example: Readonly<Record<string, string | number | null>>;
}

const SUMMARY_FIELDS = {
  count: { type: "integer", doc: "how many there were" },
  since: { type: "time", doc: "the beginning of the time that was counted" },
  until: { type: "time", doc: "its end" },
} as const satisfies EventRow["fields"];

const SIGNAL_FIELDS = {
  source_client_id: { type: "string", doc: "who sent them" },
  target_client_id: {
    type: "string | null",
    doc: "whom they were for; null: several clients, since more pairs were counted than are told apart",
  },
  message_type: { type: "string", doc: "a message type of PROTOCOL.md, as `SIGNAL_OFFER`" },
} as const satisfies EventRow["fields"];

export const EVENTS = {
  "client.connected": {
    doc: "A session has begun. Exactly one a session.",
    about: "client_id",
    byDefault: true,
    fields: {
      client_id: { type: "string", doc: "whose session it is" },
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
    doc: "A session has ended. Exactly one a session, whatever ended it.",
    about: "client_id",
    byDefault: true,
    fields: {
      client_id: { type: "string", doc: "whose session it was" },
      session_id: { type: "string", doc: "the session's uuid, as in `client.connected`" },
      reason: { type: "string", doc: "why it ended: one of the reasons below" },
      duration_ms: { type: "integer", doc: "milliseconds from its beginning to its end" },
      message_count: {
        type: "integer | null",
        doc: "frames that the session sent; null: lost with the hub's memory",
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
    doc: "Credentials were refused. Strangers cause it at will, so it is counted: at most one event a minute and hub.",
    about: null,
    byDefault: true,
    fields: SUMMARY_FIELDS,
    example: { count: 17, since: "2026-11-23T06:00:00.000Z", until: "2026-11-23T06:01:00.000Z" },
  },
  rate_limited: {
    doc: "Frames, or upgrades (429, hub `worker`), were refused by the rate limit. Counted likewise: at most one event a minute and hub.",
    about: null,
    byDefault: true,
    fields: SUMMARY_FIELDS,
    example: { count: 250, since: "2026-11-23T06:00:00.000Z", until: "2026-11-23T06:01:00.000Z" },
  },
  "signal.undelivered": {
    doc: "Signals that their target did not get; their sender was told with an ERROR.",
    about: "source_client_id",
    byDefault: true,
    fields: {
      ...SIGNAL_FIELDS,
      error_code: { type: "integer", doc: "the code of the ERROR, as 404" },
      count: { type: "integer", doc: "how many there were since the event before" },
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
    doc: "Signals that were handed to their target's connection.",
    about: "source_client_id",
    byDefault: false,
    fields: {
      ...SIGNAL_FIELDS,
      count: { type: "integer", doc: "how many there were since the event before" },
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

/** The JSON of an event of this type. */
export type EventData<Type extends EventType> = {
  readonly [Name in keyof Fields<Type>]: TypeOf<Fields<Type>[Name]>;
};

/** What happened, without where and when. */
export type EventBody = {
  readonly [Type in EventType]: { readonly type: Type; readonly data: EventData<Type> };
}[EventType];

/** An event as the Ledger holds it. */
export type StoredEvent = EventBody & {
  /** Unique, and the same however often the event is published. */
  readonly id: string;
  /** The name of the hub where it happened. */
  readonly hub: string;
  /** What is ordered by; its ordering key. The same for all events of a hub. */
  readonly line: string;
  /** Assigned by the Ledger; rises from one event of a hub to its next, not always by one. */
  readonly sequence: number;
  /** When it happened, in milliseconds since 1970. */
  readonly atMs: number;
};

/** The table's row, with every column readable on every row. */
export function eventRow(type: EventType): EventRow {
  return EVENTS[type];
}

/** Which client the event is about; null: none, it is about the hub. */
export function clientOf({ type, data }: EventBody): string | null {
  const { about } = eventRow(type);
  if (about === null) return null;
  const values: Readonly<Record<string, unknown>> = data;
  const client = values[about];
  return typeof client === "string" ? client : null;
}
