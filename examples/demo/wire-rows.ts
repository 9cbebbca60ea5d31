/** One WebSocket message to the rows that the log shows: a frame each, decoded, without tokens. Pure. */
import { decodeMessage, type Frame } from "../../src/protocol/frame.ts";
import { JSON_PAYLOAD } from "../../src/protocol/encodings/payload-types.ts";
import { isObject, type JsonFields } from "../../src/protocol/json.ts";
import { HEADER_BYTES } from "../../src/protocol/limits.ts";
import { messageTypeName } from "../../src/protocol/messages/table.ts";
import { formatUuid } from "../../src/protocol/uuid.ts";

export type Direction = "sent" | "received";

export interface WireRow {
  readonly direction: Direction | "event";
  readonly type: string;
  /** The first eight digits; "": it has none. */
  readonly uuid: string;
  /** Whom it is for, or who sent it. */
  readonly party: string;
  /** What is in it, in a few words. */
  readonly gist: string;
  /** null: an event, which has none. */
  readonly bytes: number | null;
  /** The payload, to be read; "": empty. */
  readonly payload: string;
  /** It came in the same WebSocket message as the row before. */
  readonly isContinued: boolean;
}

export function eventRow(said: string): WireRow {
  return { ...EMPTY, direction: "event", type: said, bytes: null };
}

export function messageRows(direction: Direction, message: string | Uint8Array): WireRow[] {
  if (typeof message === "string") {
    return [
      { ...EMPTY, direction, type: message, gist: "keep-alive, as text", bytes: message.length },
    ];
  }
  return Array.from(decodeMessage(message), (decoded, at) => {
    const isContinued = at > 0;
    if (decoded.kind === "frame") return { ...frameRow(direction, decoded.frame), isContinued };
    const { fault } = decoded.failure;
    return { ...EMPTY, direction, type: "unreadable", gist: fault, bytes: null, isContinued };
  });
}

const EMPTY = { type: "", uuid: "", party: "", gist: "", payload: "", isContinued: false };

function frameRow(direction: Direction, frame: Frame): WireRow {
  const name = messageTypeName(frame.messageType);
  const fields = readFields(frame);
  return {
    direction,
    type: name ?? `0x${frame.messageType.toString(16)}`,
    uuid: formatUuid(frame.uuid).slice(0, 8),
    party:
      text(fields[direction === "sent" ? "target_client_id" : "source_client_id"]) ||
      text(fields["target_client_id"] ?? fields["client_id"]),
    gist: gistOf(fields),
    bytes: HEADER_BYTES + frame.payload.length,
    payload: Object.keys(fields).length === 0 ? "" : JSON.stringify(fields, null, 2),
    isContinued: false,
  };
}

/** The client speaks JSON. What another says in another payload type is shown by its size alone. */
function readFields({ payloadType, payload }: Frame): JsonFields {
  if (payloadType !== JSON_PAYLOAD || payload.length === 0) return {};
  try {
    const fields: unknown = JSON.parse(new TextDecoder().decode(payload));
    if (!isObject(fields)) return {};
    return "auth_token" in fields ? { ...fields, auth_token: "…" } : fields;
  } catch {
    // SyntaxError: not JSON after all.
    return {};
  }
}

function gistOf(fields: JsonFields): string {
  const { error_code, error_message, status, capabilities, heartbeat_interval, signal_data } =
    fields;
  if (error_code !== undefined) return `${text(error_code)} ${text(error_message)}`;
  if (heartbeat_interval !== undefined)
    return `${text(status)}, heartbeat ${text(heartbeat_interval)} s`;
  if (status !== undefined) return text(status);
  if (Array.isArray(capabilities)) return `asks for ${capabilities.join(", ")}`;
  return signalGist(signal_data);
}

/** What the SDK's `peer()` and most others put there: a kind, an SDP, a candidate. */
function signalGist(data: unknown): string {
  const said = isObject(data) && isObject(data["peer"]) ? data["peer"] : data;
  if (!isObject(said)) return "";
  const { kind, type, sdp, candidate } = said;
  const line = isObject(candidate) ? text(candidate["candidate"]) : text(candidate);
  if (line !== "") return `candidate ${candidateGist(line)}`;
  const name = text(kind ?? type);
  return typeof sdp === "string" ? `${name}: ${mediaOf(sdp)}` : name;
}

/** RFC 8839, section 5.1: foundation, component, transport, priority, address, port, `typ`, type. */
function candidateGist(line: string): string {
  const [, , transport = "", , address = "", port = "", , type = ""] = line.split(" ");
  return [type, transport.toLowerCase(), `${address}:${port}`].join(" ");
}

/** The media sections of an SDP: `audio, video, application`. */
function mediaOf(sdp: string): string {
  return Array.from(sdp.matchAll(/^m=(\w+)/gm), ([, media]) =>
    media === "application" ? "data" : media,
  ).join(", ");
}

function text(value: unknown): string {
  return typeof value === "string" || typeof value === "number" ? String(value) : "";
}
