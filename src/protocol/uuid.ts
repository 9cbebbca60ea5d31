/** The 16-byte message identifier: opaque to the hub, which only hands it back (ER2). */

export const UUID_BYTES = 16;

/** Stands where no frame is answered, or where its uuid could not be read (ER2). */
export const NIL_UUID: Uint8Array = new Uint8Array(UUID_BYTES);

/** `xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx`, lower case. */
export function formatUuid(uuid: Uint8Array): string {
  // Not `toHex()`: Node 22 and browsers of early 2025 lack it, and the client runs there.
  const hex = Array.from(uuid, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}
