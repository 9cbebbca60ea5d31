/**
 * A connection as it lies in its socket's attachment while the hub sleeps: at most 16 KiB, versioned. It is written
 * after every message, so it is a flat list: the platform takes a third of the time for it that it takes for objects.
 */
import type { Connected, Connection, Greeting, Session } from "../../hub/connection.ts";
import type { Bucket } from "../../hub/rate-limit.ts";

/** Raise it when a list below changes: code of one version wakes to attachments of another. */
const VERSION = 3;

type Kept<Fields extends readonly unknown[]> = readonly [version: typeof VERSION, ...Fields];

type KeptClosed = Kept<["closed", id: string]>;

type KeptGreeting = Kept<
  [
    "greeting",
    id: string,
    ...KeptBucket,
    lostFramings: number,
    connectByMs: number,
    grant: Greeting["grant"],
    expected: Greeting["expected"],
    failures: number,
  ]
>;

type KeptConnected = Kept<
  [
    "connected",
    id: string,
    ...KeptBucket,
    lostFramings: number,
    session: string,
    lastActivityMs: number,
    messageCount: number,
  ]
>;

type KeptBucket = [fullAtMs: number, refused: number];

export type Attachment = KeptClosed | KeptGreeting | KeptConnected;

/** `authenticating` becomes the greeting it came from: what waits dies with the memory, and the socket with both. */
export function toAttachment(connection: Connection): Attachment {
  switch (connection.state) {
    case "closed":
      return [VERSION, "closed", connection.id];
    case "greeting":
    case "authenticating": {
      const { id, bucket, lostFramings, connectByMs, grant, expected, failures } = connection;
      return [
        VERSION,
        "greeting",
        id,
        ...keptBucket(bucket),
        lostFramings,
        connectByMs,
        grant,
        expected,
        failures,
      ];
    }
    case "connected": {
      const { id, bucket, lostFramings, session, lastActivityMs, messageCount } = connection;
      const { fullAtMs, refused } = bucket;
      return [
        VERSION,
        "connected",
        id,
        fullAtMs,
        refused,
        lostFramings,
        keptSession(session),
        lastActivityMs,
        messageCount,
      ];
    }
  }
}

/** null: another version wrote it, or the socket has none. */
export function fromAttachment(attachment: unknown): Connection | null {
  if (!Array.isArray(attachment) || attachment[0] !== VERSION) return null;
  // Only `toAttachment` writes attachments, and the version says that it was this one.
  const kept = attachment as unknown as Attachment;
  switch (kept[1]) {
    case "closed":
      return { state: "closed", id: kept[2] };
    case "greeting":
      return greetingOf(kept);
    case "connected":
      return connectedOf(kept);
  }
}

function greetingOf(kept: KeptGreeting): Greeting {
  const [, state, id, fullAtMs, refused, lostFramings, connectByMs, grant, expected, failures] =
    kept;
  const bucket: Bucket = { fullAtMs, refused };
  return { state, id, bucket, lostFramings, connectByMs, grant, expected, failures };
}

function connectedOf(kept: KeptConnected): Connected {
  const [, state, id, fullAtMs, refused, lostFramings, text, lastActivityMs, messageCount] = kept;
  const bucket: Bucket = { fullAtMs, refused };
  // `keptSession` wrote it.
  const session = JSON.parse(text) as Session;
  return { state, id, bucket, lostFramings, session, lastActivityMs, messageCount };
}

function keptBucket({ fullAtMs, refused }: Bucket): KeptBucket {
  return [fullAtMs, refused];
}

const sessionTexts = new WeakMap<Session, string>();

/** A session does not change, so its text is made once a wake. */
function keptSession(session: Session): string {
  const known = sessionTexts.get(session);
  if (known !== undefined) return known;
  const text = JSON.stringify(session);
  sessionTexts.set(session, text);
  return text;
}
