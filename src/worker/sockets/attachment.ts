/**
 * A connection as its socket's attachment keeps it while the hub sleeps: at most 16 KiB, with a version.
 *
 * The attachment of a session is written after every message, so it is a short buffer: numbers at fixed places, and
 * behind them what does not change, as JSON without field names. The platform takes a buffer in half the time that it
 * takes for a list, and in a sixth of the time for an object. A view would be written as a buffer and a view. The
 * socket's id is in it although it is the socket's tag: for a socket that has gone the platform still gives the
 * attachment, but throws when asked for tags.
 */
import type {
  AwaitingConnect,
  Connected,
  Connection,
  Session,
  SessionId,
  SocketId,
} from "../../hub/connection.ts";
import type { Bucket } from "../../hub/rate-limit.ts";

/** Raise it when a layout below changes, and keep reading the previous version: sockets outlive a deploy. */
const VERSION = 7;

/** Commit a5413e9. A socket's id was its session's id, and the state before CONNECT was called "greeting". */
const VERSION_BEFORE = 6;

type Closed = readonly [version: number, state: "closed", socketId: SocketId];

type Awaiting = readonly [
  version: number,
  state: "awaiting-connect" | "greeting",
  socketId: SocketId,
  fullAtMs: number,
  refused: number,
  lostFramings: number,
  connectByMs: number,
  grant: AwaitingConnect["grant"],
  expectedClientId: AwaitingConnect["expectedClientId"],
  failures: number,
];

/** What a session's attachment holds behind its numbers. */
type SessionFields = readonly [
  clientId: Session["clientId"],
  connectedAtMs: number,
  capabilities: Session["capabilities"],
  targets: Session["targets"],
  expiresAtMs: Session["expiresAtMs"],
];

type SessionText = readonly [socketId: SocketId, sessionId: SessionId, ...SessionFields];

/** In version 6. */
type SessionTextBefore = readonly [id: SessionId, ...SessionFields];

export type Attachment = Closed | Awaiting | ArrayBuffer;

/** The places of a session's numbers, eight bytes each. */
const AT = {
  version: 0,
  fullAtMs: 1,
  refused: 2,
  lostFramings: 3,
  lastActivityMs: 4,
  frameCount: 5,
} as const;

const NUMBERS = Object.keys(AT).length;
const TEXT_AT = NUMBERS * Float64Array.BYTES_PER_ELEMENT;

/**
 * `authenticating` becomes the `awaiting-connect` that it came from: what waits dies with the memory, and the socket
 * with both. The bytes of a session are good until its next attachment is made.
 */
export function toAttachment(connection: Connection): Attachment {
  switch (connection.state) {
    case "closed":
      return [VERSION, "closed", connection.socketId];
    case "awaiting-connect":
    case "authenticating": {
      const { socketId, bucket, lostFramings, connectByMs, grant, expectedClientId, failures } =
        connection;
      const { fullAtMs, refused } = bucket;
      const numbers = [fullAtMs, refused, lostFramings, connectByMs] as const;
      return [VERSION, "awaiting-connect", socketId, ...numbers, grant, expectedClientId, failures];
    }
    case "connected": {
      const { buffer, numbers } = bytesOf(connection);
      numbers[AT.fullAtMs] = connection.bucket.fullAtMs;
      numbers[AT.refused] = connection.bucket.refused;
      numbers[AT.lostFramings] = connection.lostFramings;
      numbers[AT.lastActivityMs] = connection.lastActivityMs;
      numbers[AT.frameCount] = connection.frameCount;
      return buffer;
    }
  }
}

/** null: a version that is not known here wrote it, or the socket has none. */
export function fromAttachment(attachment: unknown): Connection | null {
  if (attachment instanceof ArrayBuffer) return connectedFrom(attachment);
  if (!Array.isArray(attachment)) return null;
  const [version] = attachment;
  if (version !== VERSION && version !== VERSION_BEFORE) return null;
  // Only `toAttachment` of one of these versions writes attachments, and the lists of both have the same places.
  const kept = attachment as unknown as Closed | Awaiting;
  return kept[1] === "closed" ? { state: "closed", socketId: kept[2] } : awaitingFrom(kept);
}

function awaitingFrom([
  ,
  ,
  socketId,
  fullAtMs,
  refused,
  lostFramings,
  connectByMs,
  grant,
  expectedClientId,
  failures,
]: Awaiting): AwaitingConnect {
  const bucket: Bucket = { fullAtMs, refused };
  const state = "awaiting-connect";
  return { state, socketId, bucket, lostFramings, connectByMs, grant, expectedClientId, failures };
}

function connectedFrom(buffer: ArrayBuffer): Connected | null {
  if (buffer.byteLength < TEXT_AT) return null;
  const numbers = new Float64Array(buffer, 0, NUMBERS);
  const version = numbers[AT.version];
  if (version !== VERSION && version !== VERSION_BEFORE) return null;
  const text = new TextDecoder().decode(new Uint8Array(buffer, TEXT_AT));
  const { socketId, session } = sessionFrom(JSON.parse(text), version);
  if (version === VERSION) sessionBytes.set(session, { buffer, numbers });
  const [, fullAtMs = 0, refused = 0, lostFramings = 0, lastActivityMs = 0, frameCount = 0] =
    numbers;
  const bucket: Bucket = { fullAtMs, refused };
  return {
    state: "connected",
    socketId,
    bucket,
    lostFramings,
    session,
    lastActivityMs,
    frameCount,
  };
}

function sessionFrom(
  json: unknown,
  version: typeof VERSION | typeof VERSION_BEFORE,
): { socketId: SocketId; session: Session } {
  // `bytesOf` of that version wrote it.
  const [socketId, id, clientId, connectedAtMs, capabilities, targets, expiresAtMs] =
    version === VERSION ? (json as SessionText) : withBothIds(json as SessionTextBefore);
  return { socketId, session: { id, clientId, connectedAtMs, capabilities, targets, expiresAtMs } };
}

function withBothIds([id, ...fields]: SessionTextBefore): SessionText {
  return [id, id, ...fields];
}

interface SessionBytes {
  readonly buffer: ArrayBuffer;
  /** A view of the buffer. */
  readonly numbers: Float64Array;
}

/** A session does not change, so its text is made once, and only its numbers are written again. */
const sessionBytes = new WeakMap<Session, SessionBytes>();

function bytesOf({ socketId, session }: Connected): SessionBytes {
  const known = sessionBytes.get(session);
  if (known !== undefined) return known;
  const { id, clientId, connectedAtMs, capabilities, targets, expiresAtMs } = session;
  const fields = [clientId, connectedAtMs, capabilities, targets, expiresAtMs] as const;
  const kept: SessionText = [socketId, id, ...fields];
  const text = new TextEncoder().encode(JSON.stringify(kept));
  const buffer = new ArrayBuffer(TEXT_AT + text.length);
  new Uint8Array(buffer, TEXT_AT).set(text);
  const numbers = new Float64Array(buffer, 0, NUMBERS);
  numbers[AT.version] = VERSION;
  const made = { buffer, numbers };
  sessionBytes.set(session, made);
  return made;
}
