/** The identifier of a frame: 16 bytes that its sender chose, and that the hub only hands back (ER2). */

export const UUID_BYTES = 16;

/** Of a frame that answers nothing, or whose request's uuid could not be read (ER2). */
export const NIL_UUID: Uint8Array = new Uint8Array(UUID_BYTES);

/** `xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx`, in lower case. */
export function formatUuid(uuid: Uint8Array): string {
  // Not `toHex()`: Node 22 and browsers of early 2025 lack it, and the client runs there.
  const hex = Array.from(uuid, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}
