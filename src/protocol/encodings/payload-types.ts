/** Every payload type of the wire (PT1, PT2). This file imports nothing, so that bundlers can inline its numbers. */
export const BINARY_PAYLOAD = 0x01;
export const JSON_PAYLOAD = 0x02;
export const TEXT_PAYLOAD = 0x03;

interface PayloadTypeRow {
  readonly value: number;
  /** False: the original protocol document names it, but no message can be read or written in it yet (PT2). */
  readonly isSupported: boolean;
}

export const PAYLOAD_TYPES = {
  BINARY: { value: BINARY_PAYLOAD, isSupported: true },
  JSON: { value: JSON_PAYLOAD, isSupported: true },
  TEXT: { value: TEXT_PAYLOAD, isSupported: true },
  PROTOBUF: { value: 0x04, isSupported: false },
  CBOR: { value: 0x05, isSupported: false },
} as const satisfies Record<string, PayloadTypeRow>;
