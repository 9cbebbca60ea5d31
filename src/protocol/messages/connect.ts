/** CONNECT and CONNECT_ACK: a client asks for a session, and the hub says that it has begun (CO1-CO4). */
import { parseClientId, type ClientId } from "../client-id.ts";
import { splitPrefixed } from "../encodings/binary.ts";
import { fieldsOf, isWrapped, requestDecoder, type AnswerEncoder } from "../encodings/payload.ts";
import { splitAtColon } from "../encodings/text.ts";
import { decodeUtf8 } from "../encodings/utf8.ts";
import { isStrings } from "../json.ts";
import { MAX_TOKEN_CHARS } from "../limits.ts";
import { failed, success } from "../result.ts";

export const CONNECT = 0x01;
export const CONNECT_ACK = 0x02;

export const CONNECT_ROWS = {
  CONNECT: { value: CONNECT, from: "client", signal: false, doc: "Asks for a session" },
  CONNECT_ACK: { value: CONNECT_ACK, from: "hub", signal: false, doc: "The session has begun" },
} as const;

export interface ConnectRequest {
  readonly clientId: ClientId;
  /** null: the frame holds none, since the upgrade may have shown who this is (CO1). */
  readonly authToken: string | null;
  readonly capabilities: readonly string[];
}

export interface ConnectAnswer {
  readonly sessionId: string;
  readonly clientId: ClientId;
  readonly heartbeatIntervalSeconds: number;
  readonly serverTimeMs: number;
  readonly capabilities: readonly string[];
}

// The hub's half.

export const connectRequest = /* @__PURE__ */ requestDecoder<ConnectRequest>({
  json(fields) {
    const clientId = parseClientId(fields["client_id"]);
    if (clientId === null) {
      return failed(isWrapped(fields, "client_id") ? "payload.wrapped" : "payload.client-id");
    }
    const authToken = fields["auth_token"] ?? null;
    if (authToken !== null && !isToken(authToken)) return failed("payload.token");
    const capabilities = fields["capabilities"] ?? [];
    if (!isStrings(capabilities)) return failed("payload.capabilities");
    return success({ clientId, authToken, capabilities });
  },

  /** `client_id:auth_token`, or `client_id` alone. */
  text(payload) {
    const text = decodeUtf8(payload);
    if (text === null) return failed("payload.utf8");
    const { head, rest: authToken } = splitAtColon(text);
    const clientId = parseClientId(head);
    if (clientId === null) return failed("payload.client-id");
    if (authToken !== null && !isToken(authToken)) return failed("payload.token");
    return success({ clientId, authToken, capabilities: [] });
  },

  /** `[length][client_id][length][auth_token]`. There is no token if the payload ends after the client id, or if the token is empty. */
  binary(payload) {
    const id = splitPrefixed(payload);
    if (id === null) return failed("payload.binary");
    const token = id.rest.length === 0 ? { head: id.rest, rest: id.rest } : splitPrefixed(id.rest);
    if (token === null || token.rest.length > 0) return failed("payload.binary");
    const idText = decodeUtf8(id.head);
    const authToken = decodeUtf8(token.head);
    if (idText === null || authToken === null) return failed("payload.utf8");
    const clientId = parseClientId(idText);
    if (clientId === null) return failed("payload.client-id");
    return success({ clientId, authToken: authToken || null, capabilities: [] });
  },
});

function isToken(value: unknown): value is string {
  return typeof value === "string" && value.length > 0 && value.length <= MAX_TOKEN_CHARS;
}

export const connectAck: AnswerEncoder<ConnectAnswer> = {
  messageType: CONNECT_ACK,
  json: (answer) => ({
    status: "success",
    session_id: answer.sessionId,
    client_id: answer.clientId,
    heartbeat_interval: answer.heartbeatIntervalSeconds,
    server_time: answer.serverTimeMs,
    capabilities: answer.capabilities,
  }),
  text: (answer) => `success:${answer.sessionId}`,
};

// The client's half, in JSON.

export function connectJson({ clientId, authToken, capabilities }: ConnectRequest): string {
  // JSON.stringify leaves out a field that is undefined.
  const token = authToken ?? undefined;
  return JSON.stringify({ client_id: clientId, auth_token: token, capabilities });
}

/** What a client needs to know of CONNECT_ACK. */
export interface ConnectAck {
  readonly heartbeatIntervalMs: number;
  readonly capabilities: readonly string[];
}

/** null where the payload is not what PROTOCOL.md says. Never throws. */
export function decodeConnectAck(payload: Uint8Array): ConnectAck | null {
  const { status, heartbeat_interval: seconds, capabilities } = fieldsOf(payload);
  return status === "success" &&
    typeof seconds === "number" &&
    seconds > 0 &&
    isStrings(capabilities)
    ? { heartbeatIntervalMs: seconds * 1000, capabilities }
    : null;
}
