/**
 * The numbers and words of the wire that the client uses. The client does not import the protocol's tables, because
 * their texts and the hub's codecs would end up in every bundle. The compiler checks each number against its table.
 */
import type { Capability } from "../../protocol/capabilities.ts";
import type { PAYLOAD_TYPES } from "../../protocol/encodings/payload-types.ts";
import type { MESSAGE_TYPES } from "../../protocol/message-types.ts";
import type { SignalType } from "../signal.ts";

type Values<Table extends Readonly<Record<string, { readonly value: number }>>> = {
  readonly [Name in keyof Table]: Table[Name]["value"];
};

type MessageValues = Values<typeof MESSAGE_TYPES>;
type PayloadValues = Values<typeof PAYLOAD_TYPES>;

export const CONNECT: MessageValues["CONNECT"] = 0x01;
export const CONNECT_ACK: MessageValues["CONNECT_ACK"] = 0x02;
export const DISCONNECT: MessageValues["DISCONNECT"] = 0x03;
export const SIGNAL_ACK: MessageValues["SIGNAL_ACK"] = 0x13;
export const ERROR: MessageValues["ERROR"] = 0xff;

const SIGNAL_OFFER: MessageValues["SIGNAL_OFFER"] = 0x10;
const SIGNAL_ANSWER: MessageValues["SIGNAL_ANSWER"] = 0x11;
const SIGNAL_ICE_CANDIDATE: MessageValues["SIGNAL_ICE_CANDIDATE"] = 0x12;

/** The message type of each of the SDK's signal types (SI1). */
export const SIGNAL_MESSAGE_TYPES: Readonly<Record<SignalType, number>> = {
  offer: SIGNAL_OFFER,
  answer: SIGNAL_ANSWER,
  "ice-candidate": SIGNAL_ICE_CANDIDATE,
};

export const BINARY_PAYLOAD: PayloadValues["BINARY"] = 0x01;
export const JSON_PAYLOAD: PayloadValues["JSON"] = 0x02;
export const TEXT_PAYLOAD: PayloadValues["TEXT"] = 0x03;

/** The capability that gives every signal an outcome (CO4). */
export const ACK: Capability = "ack";
/** The capability that lets the hub put several frames into one WebSocket message (BA1). */
export const BATCH: Capability = "batch";

/** The subprotocol that the client asks for, and the prefix of the one that carries its token (UP2). */
export const SUBPROTOCOL = "signal-manager";
export const BEARER_SUBPROTOCOL_PREFIX = "bearer.";

/** The query parameter that names the client at the upgrade. */
export const CLIENT_ID_PARAMETER = "client_id";

/** The keep-alive: a text message, and the hub's answer to it (HB3). */
export const PING = "ping";
export const PONG = "pong";
