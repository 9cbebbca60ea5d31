/** What the frames wire makes of a request that a client sent: what it says, or the fault. */
import type { Fault } from "../../src/protocol/errors.ts";
import type { RequestDecoder } from "../../src/protocol/encodings/payload.ts";
import { connectRequest } from "../../src/protocol/messages/connect.ts";
import { disconnectRequest } from "../../src/protocol/messages/disconnect.ts";
import { heartbeatRequest } from "../../src/protocol/messages/heartbeat.ts";
import { signalRequest } from "../../src/protocol/messages/signal.ts";
import { MESSAGE_TYPES, messageTypeName } from "../../src/protocol/messages/table.ts";
import { failed, type Result } from "../../src/protocol/result.ts";
import { framesWire } from "../../src/wires/frames.ts";
import type { InboundRequest } from "../../src/wires/wire.ts";

/** The types that a client may send, with the decoder of each. */
export const REQUEST_DECODERS: Readonly<Record<string, RequestDecoder<object>>> = {
  CONNECT: connectRequest,
  DISCONNECT: disconnectRequest,
  HEARTBEAT: heartbeatRequest,
  SIGNAL_OFFER: signalRequest,
  SIGNAL_ANSWER: signalRequest,
  SIGNAL_ICE_CANDIDATE: signalRequest,
};

/** Asks what the hub asks after CONNECT, in its order: the type, the payload type, the payload. */
export function readRequest(request: InboundRequest): Result<object, Fault> {
  const name = messageTypeName(request.messageType);
  if (name === undefined) return failed("type.unknown");
  if (MESSAGE_TYPES[name].from === "hub") return failed("type.hub-only");
  const decoder = REQUEST_DECODERS[name];
  if (decoder === undefined) throw new Error(`a client sends ${name}, and nothing here reads it`);
  return framesWire.decode(request, decoder);
}
