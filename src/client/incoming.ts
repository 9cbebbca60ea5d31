/** One message of the hub to what it says. Pure, and never throws, on any bytes. */
import { decodeMessage, type Frame } from "../protocol/frame.ts";
import { CONNECT_ACK, decodeConnectAck, type ConnectAck } from "../protocol/messages/connect.ts";
import { decodeError, ERROR, type ErrorReport } from "../protocol/messages/error.ts";
import { decodeDelivered, decodeSignalAck, SIGNAL_ACK } from "../protocol/messages/signal.ts";
import { PONG } from "../protocol/names.ts";
import { formatUuid } from "../protocol/uuid.ts";
import { SIGNAL_TYPES, type Signal, type SignalType } from "./signal.ts";

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
  if (message === PONG) return [{ kind: "pong" }];
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
      ({ payloadType, payload }, id) => {
        const delivered = decodeDelivered(payloadType, payload);
        return (
          delivered && {
            kind: "signal",
            signal: { type, ...delivered, id },
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

function unreadable(detail: string): Incoming {
  return { kind: "unreadable", detail };
}
