/** How many messages go into one publish request. Far below Pub/Sub's 1000 messages and 10 MB: a Worker has 128 MB. */
import type { PubsubMessage } from "./cloud-event.ts";
import { utf8Bytes } from "../../utf8-cut.ts";

export const MAX_BATCH_MESSAGES = 500;

/** Counted by `messageBytes`. Google's own client begins a new request at 1 MiB, too. */
export const MAX_BATCH_BYTES = 1_048_576;

/** Roughly what Pub/Sub adds to each message: its id and time. */
const MESSAGE_OVERHEAD_BYTES = 20;

/**
 * The longest beginning of `messages` that one request may hold: of one ordering key, the first one's. A first message
 * that is too large alone is a batch alone, so that what comes behind it is not held up for ever.
 */
export function takeBatch(messages: readonly PubsubMessage[]): PubsubMessage[] {
  const batch: PubsubMessage[] = [];
  let bytes = 0;
  for (const message of messages) {
    bytes += messageBytes(message);
    const isFull = batch.length === MAX_BATCH_MESSAGES || bytes > MAX_BATCH_BYTES;
    const isOther = message.orderingKey !== batch[0]?.orderingKey;
    if (batch.length > 0 && (isFull || isOther)) break;
    batch.push(message);
  }
  return batch;
}

/** As Pub/Sub counts: the data decoded, names and values of attributes and the key in UTF-8. */
export function messageBytes({ data, attributes, orderingKey }: PubsubMessage): number {
  const padding = data.endsWith("==") ? 2 : data.endsWith("=") ? 1 : 0;
  let bytes = (data.length / 4) * 3 - padding + utf8Bytes(orderingKey) + MESSAGE_OVERHEAD_BYTES;
  for (const [name, value] of Object.entries(attributes))
    bytes += utf8Bytes(name) + utf8Bytes(value);
  return bytes;
}
