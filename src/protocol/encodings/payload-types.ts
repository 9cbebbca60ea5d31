/** Every payload type of the wire and who speaks it. CBOR, when it comes, is a codec in its row (PT2). */
import { binaryCodec } from "./binary.ts";
import type { PayloadCodec } from "./codec.ts";
import { jsonCodec } from "./json.ts";
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
