/**
 * The payload types that the client speaks and hears (PT1). Not `PAYLOAD_TYPES`: its rows hold the hub's codecs, which
 * would come along into every bundle. A test compares the two.
 */
export const BINARY_PAYLOAD = 0x01;
export const JSON_PAYLOAD = 0x02;
export const TEXT_PAYLOAD = 0x03;
