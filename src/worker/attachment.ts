/** A connection as it lies in its socket's attachment while the hub sleeps: at most 16 KiB, versioned. */
import type { Connection } from "../hub/connection.ts";

/** Raise it when the shape of a connection changes: code of one version wakes to attachments of another. */
const VERSION = 1;

interface Attachment {
  readonly version: typeof VERSION;
  readonly connection: Exclude<Connection, { state: "authenticating" }>;
}

/** `authenticating` becomes the greeting it came from: what waits dies with the memory, and the socket with both. */
export function toAttachment(connection: Connection): Attachment {
  if (connection.state !== "authenticating") return { version: VERSION, connection };
  const { waiting: _waiting, waitingBytes: _bytes, ...greeting } = connection;
  return { version: VERSION, connection: { ...greeting, state: "greeting" } };
}

/** null: another version wrote it, or the socket has none. */
export function fromAttachment(attachment: unknown): Connection | null {
  if (typeof attachment !== "object" || attachment === null) return null;
  if (!("version" in attachment) || attachment.version !== VERSION) return null;
  // Only `toAttachment` writes attachments, and the version says that it was this one.
  return (attachment as Attachment).connection;
}
