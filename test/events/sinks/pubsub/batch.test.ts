/** How messages are divided into publish requests. */
import { describe, expect, it } from "vitest";
import {
  MAX_BATCH_BYTES,
  MAX_BATCH_MESSAGES,
  messageBytes,
  takeBatch,
} from "../../../../src/events/sinks/pubsub/batch.ts";
import type { PubsubMessage } from "../../../../src/events/sinks/pubsub/cloud-event.ts";
import { someMessages } from "../../../support/events.ts";

/** A message of exactly this many bytes, as `messageBytes` counts. */
function ofBytes(size: number, orderingKey = "key"): PubsubMessage {
  const data = Buffer.alloc(size - 20 - 2 - orderingKey.length).toString("base64");
  return { data, attributes: { a: "b" }, orderingKey };
}

describe("takeBatch", () => {
  it("returns nothing for nothing, and everything if it fits", () => {
    expect(takeBatch([])).toEqual([]);
    const messages = someMessages(3);
    expect(takeBatch(messages)).toEqual(messages);
  });

  it("takes the first 500 of 501 messages, in their order", () => {
    expect(takeBatch(someMessages(MAX_BATCH_MESSAGES))).toHaveLength(500);
    const messages = someMessages(MAX_BATCH_MESSAGES + 1);
    expect(takeBatch(messages)).toEqual(messages.slice(0, 500));
  });

  it("takes 1 MiB and not one byte more", () => {
    const half = MAX_BATCH_BYTES / 2;
    expect(takeBatch([ofBytes(half), ofBytes(half)])).toHaveLength(2);
    expect(takeBatch([ofBytes(half), ofBytes(half + 1)])).toHaveLength(1);
  });

  it("takes a first message that exceeds 1 MiB by itself", () => {
    const messages = [ofBytes(MAX_BATCH_BYTES + 1), ofBytes(100)];
    expect(takeBatch(messages)).toEqual([messages[0]]);
  });

  it("stops at the first message with another ordering key", () => {
    const messages = [...someMessages(2, "a"), ...someMessages(1, "b"), ...someMessages(1, "a", 3)];
    expect(takeBatch(messages)).toEqual(messages.slice(0, 2));
  });
});

describe("messageBytes", () => {
  it.each([0, 1, 2, 3, 4, 1000])("counts %i bytes of data as decoded", (size) => {
    const data = Buffer.alloc(size).toString("base64");
    expect(messageBytes({ data, attributes: {}, orderingKey: "" })).toBe(size + 20);
  });

  it("counts attributes and the key in UTF-8", () => {
    expect(messageBytes({ data: "", attributes: { é: "🦊" }, orderingKey: "ü" })).toBe(
      2 + 4 + 2 + 20,
    );
  });
});
