/** Where in a frame each part of its header lies (FR1). This file imports nothing, so that bundlers can inline its numbers. */
export const START_BYTE = 0xaa;
export const TYPE_AT = 1;
export const UUID_AT = 2;
export const PAYLOAD_TYPE_AT = 18;
/** Two bytes, big-endian. */
export const PAYLOAD_LENGTH_AT = 19;
