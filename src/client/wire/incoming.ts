/** Reads a WebSocket message of the hub. Pure; no bytes make it throw. */
import { decodeMessage, type Frame } from "../../protocol/frame.ts";
import { CONNECT_ACK, decodeConnectAck, type ConnectAck } from "../../protocol/messages/connect.ts";
import { decodeError, ERROR, type ErrorReport } from "../../protocol/messages/error.ts";
import { decodeDelivered, decodeSignalAck, SIGNAL_ACK } from "../../protocol/messages/signal.ts";
import { PONG } from "../../protocol/names.ts";
import { formatUuid } from "../../protocol/uuid.ts";
import { SIGNAL_MESSAGE_TYPES, type Signal, type SignalType } from "../signal.ts";

/** `id` is the uuid of the frame that the hub answers (CO3, ER2). */
export type Incoming =
  | { readonly kind: "pong" }
  | { readonly kind: "connect-ack"; readonly id: string; readonly ack: ConnectAck }
  | { readonly kind: "signal"; readonly signal: Signal }
  | { readonly kind: "signal-ack"; readonly id: string }
  | { readonly kind: "error"; readonly id: string; readonly report: ErrorReport }
  /** A frame or a message that the protocol does not allow. The frames behind it can still be read. */
  | { readonly kind: "unreadable"; readonly detail: string }
  /** The rest of the message cannot be read. Answers to signals may be lost with it. */
  | { readonly kind: "framing-lost"; readonly detail: string };

/** `message` is null if it was neither text nor bytes. */
export function readMessage(message: string | Uint8Array | null): Incoming[] {
  if (message === PONG) return [{ kind: "pong" }];
  if (message === null || typeof message === "string")
    return [unreadable("a message without frames")];
  return Array.from(decodeMessage(message), (decoded) => {
    if (decoded.kind === "frame") {
      const type = decoded.frame.messageType.toString(16);
      return (
        readFrame(decoded.frame) ?? unreadable(`a frame of type 0x${type} that cannot be read`)
      );
    }
    const { fault } = decoded.failure;
    return fault === "message.empty" ? unreadable(fault) : { kind: "framing-lost", detail: fault };
  });
}

/** Returns null if the hub sends no such message, or if its payload cannot be read. */
function readFrame(frame: Frame): Incoming | null {
  const { messageType, payload } = frame;
  const id = formatUuid(frame.uuid);
  switch (messageType) {
    case CONNECT_ACK: {
      const ack = decodeConnectAck(payload);
      return ack && { kind: "connect-ack", id, ack };
    }
    case SIGNAL_ACK:
      return decodeSignalAck(payload) === null ? null : { kind: "signal-ack", id };
    case ERROR: {
      const report = decodeError(payload);
      return report && { kind: "error", id, report };
    }
  }
  const type = SIGNAL_TYPES.find((name) => SIGNAL_MESSAGE_TYPES[name] === messageType);
  const delivered = decodeDelivered(frame.payloadType, payload);
  if (type === undefined || delivered === null) return null;
  const { source, data } = delivered;
  return { kind: "signal", signal: { type, source, data, id } };
}

// Object.keys widens to string, but they are the table's own.
const SIGNAL_TYPES = Object.keys(SIGNAL_MESSAGE_TYPES) as SignalType[];

function unreadable(detail: string): Incoming {
  return { kind: "unreadable", detail };
}
