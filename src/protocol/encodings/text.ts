/** Payload type TEXT 0x03: `head:rest` in UTF-8, split at the first colon only, since SDP is full of colons (PT4). */
import { parseClientId } from "../client-id.ts";
import { MAX_TOKEN_CHARS } from "../limits.ts";
import { failed, success } from "../result.ts";
import type { PayloadCodec } from "./codec.ts";
import { parseTarget } from "./signal-target.ts";
import { memoizeSource } from "./source-cache.ts";
import { decodeUtf8, encodeUtf8 } from "./utf8.ts";

const COLON = 0x3a;

export const textCodec: PayloadCodec = {
  /** Without a colon the whole text is the client id: the upgrade has shown the token (CO1). */
  decodeConnect(payload) {
    const text = decodeUtf8(payload);
    if (text === null) return failed("payload.utf8");
    const colon = text.indexOf(":");
    const clientId = parseClientId(colon === -1 ? text : text.slice(0, colon));
    if (clientId === null) return failed("payload.client-id");
    if (colon === -1) return success({ clientId, authToken: null, capabilities: [] });
    const authToken = text.slice(colon + 1);
    if (authToken.length === 0 || authToken.length > MAX_TOKEN_CHARS) {
      return failed("payload.token");
    }
    return success({ clientId, authToken, capabilities: [] });
  },

  decodeHeartbeat(payload) {
    if (payload.length === 0) return success({ timestamp: null });
    const text = decodeUtf8(payload);
    if (text === null) return failed("payload.utf8");
    return /^\d{1,15}$/.test(text)
      ? success({ timestamp: Number(text) })
      : failed("payload.timestamp");
  },

  decodeDisconnect(payload) {
    const reason = decodeUtf8(payload);
    return reason === null ? failed("payload.utf8") : success({ reason: reason || null });
  },

  decodeSignal(payload) {
    const colon = payload.indexOf(COLON);
    if (colon === -1) return failed("payload.text");
    const text = decodeUtf8(payload);
    if (text === null) return failed("payload.utf8");
    const target = parseTarget(text.slice(0, text.indexOf(":")));
    if (target === null) return failed("payload.target");
    return success({ target, payload, cutAt: 0, resumeAt: colon });
  },

  /** A colon in it would name somebody else to the target (ID2). */
  encodeSource: memoizeSource((source) =>
    source.includes(":") ? failed("signal.source-text") : success(encodeUtf8(source)),
  ),

  encodeConnectAck: (answer) => encodeUtf8(`success:${answer.sessionId}`),

  encodeHeartbeatAck: () => null,

  encodeSignalAck: (answer) => encodeUtf8(`delivered:${answer.target}`),

  encodeError: (answer) => encodeUtf8(`${answer.code}:${answer.text}`),
};
