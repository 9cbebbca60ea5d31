/** Turns a WebSocket message into rows of the log: one per frame, decoded, without tokens. Pure. */
import { CLOSE_CODES, CLOSE_DOCS, type CloseName } from "../../src/protocol/close-codes.ts";
import { decodeMessage, type Frame } from "../../src/protocol/frame.ts";
import { HEADER_BYTES } from "../../src/protocol/limits.ts";
import { JSON_PAYLOAD } from "../../src/protocol/encodings/payload-types.ts";
import { messageTypeName } from "../../src/protocol/messages/table.ts";
import { formatUuid } from "../../src/protocol/uuid.ts";

export type Direction = "sent" | "received";

export interface WireRow {
  readonly direction: Direction | "event";
  readonly type: string;
  /** The first eight digits of the frame's uuid, or "". */
  readonly uuid: string;
  /** The client that the frame is for, or that sent it. */
  readonly party: string;
  /** A summary of the payload in a few words. */
  readonly gist: string;
  /** The size of the frame; null for an event. */
  readonly bytes: number | null;
  /** The payload as indented JSON, or "". */
  readonly payload: string;
  /** Whether the frame is in the same WebSocket message as the row before. */
  readonly isContinued: boolean;
  /** Two rows with the same key say the same again. null for a row of which no two are the same. */
  readonly key: string | null;
}

type Fields = Readonly<Record<string, unknown>>;

export function eventRow(event: string): WireRow {
  return { ...EMPTY, direction: "event", type: event, bytes: null, key: event };
}

/** The event of a WebSocket that has closed. `reason` is the hub's; if there is none, the text says when the hub sends the code. */
export function closeText(wasOpen: boolean, code: number, reason: string): string {
  // Object.keys widens to string, but they are the table's own.
  const names = Object.keys(CLOSE_CODES) as CloseName[];
  const name = names.find((known) => CLOSE_CODES[known].code === code);
  const why = reason || (name === undefined ? "" : CLOSE_DOCS[name]);
  return `WebSocket ${wasOpen ? "closed" : "did not open"}: ${code}${why && ` ${why}`}`;
}

export function messageRows(direction: Direction, message: string | Uint8Array): WireRow[] {
  if (typeof message === "string") {
    return [
      {
        ...EMPTY,
        direction,
        type: message,
        gist: "keep-alive, as text",
        bytes: message.length,
        key: `${direction} ${message}`,
      },
    ];
  }
  return Array.from(decodeMessage(message), (decoded, at) => {
    const isContinued = at > 0;
    if (decoded.kind === "frame") return { ...frameRow(direction, decoded.frame), isContinued };
    const { fault } = decoded.failure;
    return { ...EMPTY, direction, type: "unreadable", gist: fault, bytes: null, isContinued };
  });
}

const EMPTY = {
  type: "",
  uuid: "",
  party: "",
  gist: "",
  payload: "",
  isContinued: false,
  key: null,
};

/** What a page that waits sends again and again. The ERROR that answers it repeats, too. */
const REPEATED = new Set(["CONNECT", "hello", "knock"]);

function frameRow(direction: Direction, frame: Frame): WireRow {
  const name = messageTypeName(frame.messageType);
  const fields = readFields(frame);
  const type = name ?? `0x${frame.messageType.toString(16)}`;
  const gist = gistOf(fields);
  const party =
    text(fields[direction === "sent" ? "target_client_id" : "source_client_id"]) ||
    text(fields["target_client_id"] ?? fields["client_id"]);
  const isRepeated = REPEATED.has(name === "CONNECT" ? name : gist) || "error_code" in fields;
  return {
    direction,
    type,
    uuid: formatUuid(frame.uuid).slice(0, 8),
    party,
    gist,
    key: isRepeated ? [direction, type, party, gist].join(" ") : null,
    bytes: HEADER_BYTES + frame.payload.length,
    payload: Object.keys(fields).length === 0 ? "" : JSON.stringify(fields, null, 2),
    isContinued: false,
  };
}

/** The SDK writes JSON. For a payload of another type, which another client may send, the row shows only the size. */
function readFields({ payloadType, payload }: Frame): Fields {
  if (payloadType !== JSON_PAYLOAD || payload.length === 0) return {};
  try {
    const fields: unknown = JSON.parse(new TextDecoder().decode(payload));
    if (!isObject(fields)) return {};
    return "auth_token" in fields ? { ...fields, auth_token: "…" } : fields;
  } catch {
    // A SyntaxError: the payload is not JSON.
    return {};
  }
}

function gistOf(fields: Fields): string {
  const { error_code, error_message, status, capabilities, heartbeat_interval, signal_data } =
    fields;
  if (error_code !== undefined) return `${text(error_code)} ${text(error_message)}`;
  if (heartbeat_interval !== undefined)
    return `${text(status)}, heartbeat ${text(heartbeat_interval)} s`;
  if (status !== undefined) return text(status);
  if (Array.isArray(capabilities)) return `asks for ${capabilities.join(", ")}`;
  return signalGist(signal_data);
}

/** Summarises what `peer()` and most other programs send: a kind, an SDP or a candidate. */
function signalGist(data: unknown): string {
  const message = isObject(data) && isObject(data["peer"]) ? data["peer"] : data;
  if (!isObject(message)) return "";
  const { kind, type, sdp, candidate } = message;
  const attribute = isObject(candidate) ? text(candidate["candidate"]) : text(candidate);
  if (attribute !== "") return `candidate ${candidateGist(attribute)}`;
  const name = text(kind ?? type);
  return typeof sdp === "string" ? `${name}: ${mediaOf(sdp)}` : name;
}

/** RFC 8839, section 5.1: foundation, component, transport, priority, address, port, `typ`, type. */
function candidateGist(attribute: string): string {
  const [, , transport = "", , address = "", port = "", , type = ""] = attribute.split(" ");
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

function isObject(value: unknown): value is Fields {
  return typeof value === "object" && value !== null;
}
