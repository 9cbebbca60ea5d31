/**
 * The numbers of the wire that the client writes and reads. Not the protocol's own tables: their words, and the hub's
 * codecs in their rows, would come along into every bundle. The compiler holds each number to its row.
 */
import type { MESSAGE_TYPES } from "../protocol/message-types.ts";
import type { PAYLOAD_TYPES } from "../protocol/encodings/payload-types.ts";

type Values<Table extends Readonly<Record<string, { readonly value: number }>>> = {
  readonly [Name in keyof Table]: Table[Name]["value"];
};

type MessageValues = Values<typeof MESSAGE_TYPES>;
type PayloadValues = Values<typeof PAYLOAD_TYPES>;

export const CONNECT: MessageValues["CONNECT"] = 0x01;
export const CONNECT_ACK: MessageValues["CONNECT_ACK"] = 0x02;
export const DISCONNECT: MessageValues["DISCONNECT"] = 0x03;
export const SIGNAL_OFFER: MessageValues["SIGNAL_OFFER"] = 0x10;
export const SIGNAL_ANSWER: MessageValues["SIGNAL_ANSWER"] = 0x11;
export const SIGNAL_ICE_CANDIDATE: MessageValues["SIGNAL_ICE_CANDIDATE"] = 0x12;
export const SIGNAL_ACK: MessageValues["SIGNAL_ACK"] = 0x13;
export const ERROR: MessageValues["ERROR"] = 0xff;

export const BINARY: PayloadValues["BINARY"] = 0x01;
export const JSON_TEXT: PayloadValues["JSON"] = 0x02;
export const TEXT: PayloadValues["TEXT"] = 0x03;
