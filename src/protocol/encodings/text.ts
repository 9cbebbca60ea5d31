/** Payload type TEXT: `head:rest` in UTF-8 (PT4). */

/** Split at the first colon, since tokens and SDP are full of colons. `rest` is null where there is no colon. */
export function splitAtColon(text: string): {
  readonly head: string;
  readonly rest: string | null;
} {
  const colon = text.indexOf(":");
  return colon === -1
    ? { head: text, rest: null }
    : { head: text.slice(0, colon), rest: text.slice(colon + 1) };
}
