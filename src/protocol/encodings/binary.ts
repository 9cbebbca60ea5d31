/** Payload type BINARY 0x01: `[length u8][id]` and then a token of the same form, or signal bytes to the end (PT5). */
import { parseClientId } from "../client-id.ts";
import { failed, success } from "../result.ts";
import type { PayloadCodec } from "./codec.ts";
import { parseTarget } from "./signal-target.ts";
import { memoizeSource, NO_BYTES } from "./source-cache.ts";
import { decodeUtf8, encodeUtf8 } from "./utf8.ts";

const MAX_LENGTH_BYTE = 0xff;

export const binaryCodec: PayloadCodec = {
  /** An end after the client id, or an empty token, leaves the token out (CO1). */
  decodeConnect(payload) {
    const id = prefixed(payload);
    if (id === null) return failed("payload.binary");
    const token = id.rest.length === 0 ? NOTHING : prefixed(id.rest);
    if (token === null || token.rest.length > 0) return failed("payload.binary");
    const idText = decodeUtf8(id.head);
    const tokenText = decodeUtf8(token.head);
    if (idText === null || tokenText === null) return failed("payload.utf8");
    const clientId = parseClientId(idText);
    if (clientId === null) return failed("payload.client-id");
    return success({ clientId, authToken: tokenText || null, capabilities: [] });
  },

  decodeHeartbeat: (payload) =>
    payload.length === 0 ? success({ timestamp: null }) : failed("payload.not-empty"),

  decodeDisconnect: (payload) =>
    payload.length === 0 ? success({ reason: null }) : failed("payload.not-empty"),

  decodeSignal(payload) {
    const id = prefixed(payload);
    if (id === null) return failed("payload.binary");
    const idText = decodeUtf8(id.head);
    if (idText === null) return failed("payload.utf8");
    const target = parseTarget(idText);
    if (target === null) return failed("payload.target");
    return success({ target, payload, cutAt: 0, resumeAt: 1 + id.head.length });
  },

  encodeSource: memoizeSource((source) => {
    const id = encodeUtf8(source);
    if (id.length > MAX_LENGTH_BYTE) return failed("signal.source-binary");
    return success(Uint8Array.of(id.length, ...id));
  }),

  encodeConnectAck: () => null,
  encodeHeartbeatAck: () => null,
  encodeSignalAck: () => null,
  encodeError: () => null,
};

interface Prefixed {
  readonly head: Uint8Array;
  readonly rest: Uint8Array;
}

const NOTHING: Prefixed = { head: NO_BYTES, rest: NO_BYTES };

function prefixed(bytes: Uint8Array): Prefixed | null {
  const length = bytes[0];
  if (length === undefined || 1 + length > bytes.length) return null;
  return { head: bytes.subarray(1, 1 + length), rest: bytes.subarray(1 + length) };
}
