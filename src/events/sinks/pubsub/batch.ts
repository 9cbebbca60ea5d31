/** How many messages go into one publish request: far fewer than Pub/Sub's 1000 and 10 MB, since a Worker has 128 MB. */
import { utf8Bytes, type PubsubMessage } from "./cloud-event.ts";

export const MAX_BATCH_MESSAGES = 500;

/** In the bytes that `messageBytes` counts. Google's own client also begins a new request at 1 MiB. */
export const MAX_BATCH_BYTES = 1_048_576;

/** Roughly what Pub/Sub adds to each message: its id and time. */
const MESSAGE_OVERHEAD_BYTES = 20;

/**
 * The longest beginning of `messages` that one request may hold. They have one ordering key, the one of the first message. A
 * first message that is too large by itself makes a batch by itself, so that it does not hold up the others for ever.
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

/** The size as Pub/Sub counts it: the data decoded; the names and values of attributes and the key in UTF-8. */
export function messageBytes({ data, attributes, orderingKey }: PubsubMessage): number {
  const padding = data.endsWith("==") ? 2 : data.endsWith("=") ? 1 : 0;
  let bytes = (data.length / 4) * 3 - padding + utf8Bytes(orderingKey) + MESSAGE_OVERHEAD_BYTES;
  for (const [name, value] of Object.entries(attributes))
    bytes += utf8Bytes(name) + utf8Bytes(value);
  return bytes;
}
