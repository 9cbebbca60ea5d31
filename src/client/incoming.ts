/** One message of the hub to what it says. Pure, and never throws, on any bytes. */
import { decodeMessage, type Frame } from "../protocol/frame.ts";
import {
  decodeConnectAck,
  decodeDelivered,
  decodeError,
  decodeSignalAck,
  type ConnectAck,
  type Delivered,
  type ErrorReport,
} from "../protocol/encodings/json-answers.ts";
import { decodeUtf8 } from "../protocol/encodings/utf8.ts";
import { formatUuid } from "../protocol/uuid.ts";
import { SIGNAL_TYPES, type Signal, type SignalType } from "./signal.ts";
import { BINARY, CONNECT_ACK, ERROR, JSON_TEXT, SIGNAL_ACK, TEXT } from "./wire-values.ts";

/** `id` is the uuid of the frame that is answered (CO3, ER2). */
export type Incoming =
  | { readonly kind: "pong" }
  | { readonly kind: "connect-ack"; readonly id: string; readonly ack: ConnectAck }
  | { readonly kind: "signal"; readonly signal: Signal }
  | { readonly kind: "signal-ack"; readonly id: string }
  | { readonly kind: "error"; readonly id: string; readonly report: ErrorReport }
  /** One frame, or one message, that the protocol does not allow; what follows it can be read. */
  | { readonly kind: "unreadable"; readonly detail: string }
  /** What followed in this message is lost, answers to signals perhaps among it. */
  | { readonly kind: "framing-lost"; readonly detail: string };

/** null: something that is neither text nor bytes. */
export function readMessage(message: string | Uint8Array | null): Incoming[] {
  if (message === "pong") return [{ kind: "pong" }];
  if (message === null || typeof message === "string")
    return [unreadable("a message without frames")];
  return Array.from(decodeMessage(message), (decoded) => {
    if (decoded.kind === "frame") return readFrame(decoded.frame);
    const { fault } = decoded.failure;
    return fault === "message.empty" ? unreadable(fault) : { kind: "framing-lost", detail: fault };
  });
}

type Reader = (frame: Frame, id: string) => Incoming | null;

const READERS: ReadonlyMap<number, Reader> = new Map<number, Reader>([
  [
    CONNECT_ACK,
    ({ payload }, id) => {
      const ack = decodeConnectAck(payload);
      return ack && { kind: "connect-ack", id, ack };
    },
  ],
  [SIGNAL_ACK, ({ payload }, id) => decodeSignalAck(payload) && { kind: "signal-ack", id }],
  [
    ERROR,
    ({ payload }, id) => {
      const report = decodeError(payload);
      return report && { kind: "error", id, report };
    },
  ],
  // Object.entries widens the keys to string; they are the table's own.
  ...(Object.entries(SIGNAL_TYPES) as [SignalType, number][]).map(
    ([type, value]): [number, Reader] => [
      value,
      (frame, id) => {
        const delivered = readDelivered(frame);
        return (
          delivered && {
            kind: "signal",
            signal: { type, source: delivered.source, data: delivered.signalData, id },
          }
        );
      },
    ],
  ),
]);

function readFrame(frame: Frame): Incoming {
  const read = READERS.get(frame.messageType)?.(frame, formatUuid(frame.uuid));
  return (
    read ?? unreadable(`a frame of type 0x${frame.messageType.toString(16)} that cannot be read`)
  );
}

/** The sender chose the payload type (SI2-SI4). */
function readDelivered({ payloadType, payload }: Frame): Delivered | null {
  switch (payloadType) {
    case JSON_TEXT:
      return decodeDelivered(payload);
    case TEXT: {
      const [, source, signalData] = /^([^:]+):(.*)$/s.exec(decodeUtf8(payload) ?? "") ?? [];
      return source === undefined ? null : { source, signalData };
    }
    case BINARY: {
      const end = 1 + (payload[0] ?? 0);
      const source = decodeUtf8(payload.subarray(1, end));
      return source && end <= payload.length ? { source, signalData: payload.slice(end) } : null;
    }
    default:
      return null;
  }
}

function unreadable(detail: string): Incoming {
  return { kind: "unreadable", detail };
}
