/**
 * An event as a message of Pub/Sub: CloudEvents 1.0 in binary mode, after Google's binding (a working draft:
 * googleapis/google-cloudevents, docs/spec/pubsub.md). The context is in attributes, the data is plain JSON.
 */
import { clientOf, type StoredEvent } from "../../event-types.ts";

/** A message in the form that `projects.topics.publish` takes. */
export interface PubsubMessage {
  /** Base64. */
  readonly data: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly orderingKey: string;
}

/** Pub/Sub's limit of an attribute's value: cloud.google.com/pubsub/quotas. */
export const MAX_ATTRIBUTE_VALUE_BYTES = 1024;

/** Pub/Sub's limit of an ordering key, 1 KB: the same page. */
export const MAX_ORDERING_KEY_BYTES = 1024;

/** The digits of Number.MAX_SAFE_INTEGER. Padded to that length, sequences sort as text. */
const SEQUENCE_DIGITS = 16;

/**
 * A value that exceeds a limit of Pub/Sub is cut, since a refused message would be parked. Only the source and the ordering
 * key can be so long, by the name of a hub. Neither identifies an event (ce-id does), and partitions that share a key after
 * the cut still keep their order.
 */
export function toPubsubMessage(event: StoredEvent): PubsubMessage {
  const client = clientOf(event);
  const attributes = {
    "content-type": "application/json",
    "ce-specversion": "1.0",
    // It may contain the name of a hub, and that name a client id.
    "ce-id": withoutNoncharacters(event.id),
    "ce-source": `/signal-manager/hubs/${encodeURIComponent(event.hub.toWellFormed())}`,
    "ce-type": event.type,
    "ce-time": new Date(event.atMs).toISOString(),
    ...(client === null ? {} : { "ce-subject": withoutNoncharacters(client) }),
    "ce-sequence": String(event.sequence).padStart(SEQUENCE_DIGITS, "0"),
    event_type: event.type,
    ...(client === null ? {} : { client_id: client }),
  };
  return {
    data: encodeBase64(encoder.encode(JSON.stringify(event.data))),
    attributes: Object.fromEntries(
      Object.entries(attributes).map(([name, value]) => [name, fitAttribute(value)]),
    ),
    orderingKey: cutUtf8(event.partition, MAX_ORDERING_KEY_BYTES),
  };
}

/** Never cuts inside a percent escape: the source stays a URI reference. */
function fitAttribute(value: string): string {
  const cut = cutUtf8(value, MAX_ATTRIBUTE_VALUE_BYTES);
  return cut === value ? value : cut.replace(/%[0-9A-F]?$/, "");
}

/** A client id may hold noncharacters, a String of CloudEvents may not (section "Type System"). */
function withoutNoncharacters(text: string): string {
  return text.replaceAll(/\p{Noncharacter_Code_Point}/gu, "\u{FFFD}");
}

const encoder = new TextEncoder();

export function utf8Bytes(text: string): number {
  return encoder.encode(text).length;
}

/** The longest beginning of `text` that fits into so many bytes of UTF-8, in whole characters. */
function cutUtf8(text: string, maxBytes: number): string {
  // encodeInto never writes half a character, and returns how much of the text it took.
  return text.slice(0, encoder.encodeInto(text, new Uint8Array(maxBytes)).read);
}

/** Not `toBase64()`: Node 24, where the tests and `npm run pubsub` run, lacks it. */
function encodeBase64(bytes: Uint8Array): string {
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
}
