/**
 * A connection as it lies in its socket's attachment while the hub sleeps: at most 16 KiB, versioned. A session's is
 * written after every message, and so it is a short buffer: numbers at fixed places, and behind them what does not change. The
 * platform takes half the time for it that it takes for a list, a sixth of what it takes for an object, and less than for
 * a view of it, which it writes as a buffer and a view. Field names are not in it, but the
 * id is, though it is the socket's tag: of a socket that has gone the platform tells the attachment, and throws for its tags.
 */
import type {
  Connected,
  Connection,
  AwaitingConnect,
  Session,
  SessionId,
} from "../../hub/connection.ts";
import type { Bucket } from "../../hub/rate-limit.ts";

/** Raise it when a layout below changes: code of one version wakes to attachments of another. */
const VERSION = 6;

type Kept<Fields extends readonly unknown[]> = readonly [version: typeof VERSION, ...Fields];

type KeptClosed = Kept<["closed", id: SessionId]>;

type KeptAwaitingConnect = Kept<
  [
    "greeting",
    id: SessionId,
    fullAtMs: number,
    refused: number,
    lostFramings: number,
    connectByMs: number,
    grant: AwaitingConnect["grant"],
    expected: AwaitingConnect["expected"],
    failures: number,
  ]
>;

type KeptSession = readonly [
  id: SessionId,
  clientId: Session["clientId"],
  connectedAtMs: number,
  capabilities: Session["capabilities"],
  targets: Session["targets"],
  expiresAtMs: Session["expiresAtMs"],
];

export type Attachment = KeptClosed | KeptAwaitingConnect | ArrayBuffer;

/** The places of a session's numbers, eight bytes each; what follows is a `KeptSession` as JSON. */
const AT = {
  version: 0,
  fullAtMs: 1,
  refused: 2,
  lostFramings: 3,
  lastActivityMs: 4,
  messageCount: 5,
} as const;

const NUMBERS = Object.keys(AT).length;
const TEXT_AT = NUMBERS * Float64Array.BYTES_PER_ELEMENT;

/**
 * `authenticating` becomes the greeting it came from: what waits dies with the memory, and the socket with both. The bytes
 * of a session are good until its next attachment is made.
 */
export function toAttachment(connection: Connection): Attachment {
  switch (connection.state) {
    case "closed":
      return [VERSION, "closed", connection.id];
    case "greeting":
    case "authenticating": {
      const { id, bucket, lostFramings, connectByMs, grant, expected, failures } = connection;
      const { fullAtMs, refused } = bucket;
      return [
        VERSION,
        "greeting",
        id,
        fullAtMs,
        refused,
        lostFramings,
        connectByMs,
        grant,
        expected,
        failures,
      ];
    }
    case "connected": {
      const { buffer, numbers } = bytesOf(connection);
      numbers[AT.fullAtMs] = connection.bucket.fullAtMs;
      numbers[AT.refused] = connection.bucket.refused;
      numbers[AT.lostFramings] = connection.lostFramings;
      numbers[AT.lastActivityMs] = connection.lastActivityMs;
      numbers[AT.messageCount] = connection.messageCount;
      return buffer;
    }
  }
}

/** null: another version wrote it, or the socket has none. */
export function fromAttachment(attachment: unknown): Connection | null {
  if (attachment instanceof ArrayBuffer) return connectedOf(attachment);
  if (!Array.isArray(attachment) || attachment[0] !== VERSION) return null;
  // Only `toAttachment` writes attachments, and the version says that it was this one.
  const kept = attachment as unknown as KeptClosed | KeptAwaitingConnect;
  return kept[1] === "closed" ? { state: "closed", id: kept[2] } : greetingOf(kept);
}

function greetingOf(kept: KeptAwaitingConnect): AwaitingConnect {
  const [, state, id, fullAtMs, refused, lostFramings, connectByMs, grant, expected, failures] =
    kept;
  const bucket: Bucket = { fullAtMs, refused };
  return { state, id, bucket, lostFramings, connectByMs, grant, expected, failures };
}

function connectedOf(buffer: ArrayBuffer): Connected | null {
  if (buffer.byteLength < TEXT_AT) return null;
  const numbers = new Float64Array(buffer, 0, NUMBERS);
  const [
    version,
    fullAtMs = 0,
    refused = 0,
    lostFramings = 0,
    lastActivityMs = 0,
    messageCount = 0,
  ] = numbers;
  if (version !== VERSION) return null;
  // `bytesOf` wrote it.
  const [id, clientId, connectedAtMs, capabilities, targets, expiresAtMs] = JSON.parse(
    new TextDecoder().decode(new Uint8Array(buffer, TEXT_AT)),
  ) as KeptSession;
  const session: Session = { clientId, connectedAtMs, capabilities, targets, expiresAtMs };
  sessionBytes.set(session, { buffer, numbers });
  const bucket: Bucket = { fullAtMs, refused };
  return { state: "connected", id, bucket, lostFramings, session, lastActivityMs, messageCount };
}

interface SessionBytes {
  readonly buffer: ArrayBuffer;
  /** A view of it. */
  readonly numbers: Float64Array;
}

/** A session does not change, so its text is made once, and its numbers are written over those of before. */
const sessionBytes = new WeakMap<Session, SessionBytes>();

function bytesOf({ id, session }: Connected): SessionBytes {
  const known = sessionBytes.get(session);
  if (known !== undefined) return known;
  const { clientId, connectedAtMs, capabilities, targets, expiresAtMs } = session;
  const kept: KeptSession = [id, clientId, connectedAtMs, capabilities, targets, expiresAtMs];
  const text = new TextEncoder().encode(JSON.stringify(kept));
  const buffer = new ArrayBuffer(TEXT_AT + text.length);
  new Uint8Array(buffer, TEXT_AT).set(text);
  const numbers = new Float64Array(buffer, 0, NUMBERS);
  numbers[AT.version] = VERSION;
  const made = { buffer, numbers };
  sessionBytes.set(session, made);
  return made;
}
