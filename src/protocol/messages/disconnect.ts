/** DISCONNECT: a client ends its session (DC1). */
import { requestDecoder } from "../encodings/payload.ts";
import { decodeUtf8 } from "../encodings/utf8.ts";
import { failed, success } from "../result.ts";

export const DISCONNECT = 0x03;

export const DISCONNECT_ROWS = {
  DISCONNECT: { value: DISCONNECT, from: "client", signal: false, doc: "Ends the session" },
} as const;

export interface DisconnectRequest {
  readonly reason: string | null;
}

export const disconnectRequest = /* @__PURE__ */ requestDecoder<DisconnectRequest>({
  empty: { reason: null },

  json(fields) {
    const reason = fields["reason"] ?? null;
    if (reason !== null && typeof reason !== "string") return failed("payload.reason");
    return success({ reason });
  },

  text(payload) {
    const reason = decodeUtf8(payload);
    return reason === null ? failed("payload.utf8") : success({ reason });
  },

  binary: () => failed("payload.not-empty"),
});
