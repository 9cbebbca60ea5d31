/**
 * How a socket speaks: what its WebSocket messages mean to the rules of the hub, and what the hub's answers look like on
 * it. The rules see requests, faults and answers; bytes, text and framing stay behind this interface.
 */
import type { ClientId } from "../protocol/client-id.ts";
import type { AnswerEncoder, RequestDecoder } from "../protocol/encodings/payload.ts";
import { JSON_PAYLOAD } from "../protocol/encodings/payload-types.ts";
import type { Fault } from "../protocol/errors.ts";
import type { SignalRequest } from "../protocol/messages/signal.ts";
import type { Result } from "../protocol/result.ts";
import { NIL_UUID } from "../protocol/uuid.ts";

/** One WebSocket message, in either direction. */
export type WireMessage = string | Uint8Array;

/** What an answer takes over from the request it answers (ER2, PT6). */
export interface ReplyTo {
  /** 16 bytes; MAY be a view of the WebSocket message: `copyReplyTo` makes a copy that may wait. */
  readonly uuid: Uint8Array;
  readonly payloadType: number;
}

/** Of a message that answers nothing. */
export const UNSOLICITED: ReplyTo = { uuid: NIL_UUID, payloadType: JSON_PAYLOAD };

/** A copy that holds no view of a WebSocket message, and so may wait. */
export function copyReplyTo({ uuid, payloadType }: ReplyTo): ReplyTo {
  return { uuid: new Uint8Array(uuid), payloadType };
}

/** A request as it arrived. The rules read its type; its payload belongs to the wire that made it. */
export interface InboundRequest extends ReplyTo {
  /** Any byte: whether the type is known is for the rules to say (MT2). */
  readonly messageType: number;
  readonly payload: Uint8Array;
}

/**
 * One item of a WebSocket message. The next item starts at `end`; where `end` is the message's length, there is none. An
 * `unreadable` is always the last item of its message.
 */
export type Inbound =
  | {
      readonly kind: "request";
      readonly request: InboundRequest;
      /** The number of bytes that it takes up in the WebSocket message. */
      readonly bytes: number;
      readonly end: number;
    }
  | {
      readonly kind: "unreadable";
      readonly fault: Fault;
      readonly replyTo: ReplyTo;
      /** What it counts for while it waits. */
      readonly bytes: number;
      /** Counts towards the close for lost framing (FR6). A text message on a wire of bytes does not. */
      readonly losesFraming: boolean;
      readonly end: number;
    };

/** What an answer to the inbound takes from it: for lost framing the uuid that could still be read (FR5). */
export function replyToOf(inbound: Inbound): ReplyTo {
  return inbound.kind === "request" ? inbound.request : inbound.replyTo;
}

/** The implementations share one contract suite: `test/wires/wire-contract.ts`. */
export interface Wire {
  readonly name: "frames";
  /** The inbound that starts at `at`, which MUST be 0 or the `end` of the one before. MUST NOT throw, whatever the message is. */
  read(message: WireMessage, at: number): Inbound;
  /**
   * What the request says. MUST be `payload.type` where the request's payload type is unknown or cannot express this message
   * (PT2). MUST NOT throw, whatever the payload is. The result MAY hold views of the payload.
   */
  decode<Request>(
    request: InboundRequest,
    decoder: RequestDecoder<Request>,
  ): Result<Request, Fault>;
  /**
   * The signal as its target receives it: a whole frame that names its source (SI2-SI4). `signal` MUST be what `decode`
   * made of `request`. Fails where the payload type cannot name the source (ID2, ID3), then where the frame is too large
   * (SI8). The bytes are a view of a buffer that the next call overwrites: a caller that keeps them MUST copy them.
   */
  stamp(
    request: InboundRequest,
    signal: SignalRequest,
    source: ClientId,
  ): Result<Uint8Array, Fault>;
  /** One answer, or one message of the hub's own, in the payload type of `replyTo` where that can express it (PT6). */
  encode<Answer>(replyTo: ReplyTo, encoder: AnswerEncoder<Answer>, answer: Answer): WireMessage;
  /** What a delivery looks like on this wire. `frame` is what some wire's `stamp` made: the form in which signals travel between hubs. */
  encodeDelivery(frame: Uint8Array): WireMessage;
  /** A copy that holds no view of its WebSocket message, and may wait: a view of 21 bytes would keep the whole message, up to 1 MiB. */
  copyOut(inbound: Inbound): Inbound;
}
