/** Every payload type of the wire and who speaks it. CBOR, when it comes, is a codec in its row (PT2). */
import { binaryCodec } from "./binary.ts";
import type { PayloadCodec } from "./codec.ts";
import { jsonCodec } from "./json.ts";
import type { Fault } from "../errors.ts";
import type { JsonFields } from "../json.ts";
import type { Result } from "../result.ts";
import { textCodec } from "./text.ts";

interface PayloadTypeRow {
  readonly value: number;
  /** null: a known name that is not supported yet. */
  readonly codec: PayloadCodec | null;
}

export const PAYLOAD_TYPES = {
  BINARY: { value: 0x01, codec: binaryCodec },
  JSON: { value: 0x02, codec: jsonCodec },
  TEXT: { value: 0x03, codec: textCodec },
  PROTOBUF: { value: 0x04, codec: null },
  CBOR: { value: 0x05, codec: null },
} as const satisfies Record<string, PayloadTypeRow>;

/** By the byte's value, so that the signal path finds it by index. */
const CODECS: (PayloadCodec | null)[] = Array.from({ length: 256 }, () => null);
for (const { value, codec } of Object.values(PAYLOAD_TYPES)) CODECS[value] = codec;

/** The codec of a payload type byte, or null where the type is unknown or not supported. */
export function codecOf(payloadType: number): PayloadCodec | null {
  return CODECS[payloadType] ?? null;
}

/**
 * How the payload of one request is read, by payload type. A payload type that is left out cannot say this request.
 * No function MUST throw, whatever the bytes are. A request MAY hold views of the payload.
 */
export interface RequestDecoder<Request> {
  /** What a payload of no bytes says, in every payload type that is here. Left out: such a payload is read like any other. */
  readonly empty?: Request;
  /** `fields` were parsed from `text`, and that was decoded from `payload`. */
  json(fields: JsonFields, text: string, payload: Uint8Array): Result<Request, Fault>;
  text?(payload: Uint8Array): Result<Request, Fault>;
  binary?(payload: Uint8Array): Result<Request, Fault>;
}

/** What one answer of the hub says, by payload type: JSON always can, TEXT where it is here, BINARY never (PT6). */
export interface AnswerEncoder<Answer> {
  readonly messageType: number;
  json(answer: Answer): JsonFields;
  text?(answer: Answer): string;
}
