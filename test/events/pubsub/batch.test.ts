import { describe, expect, it } from "vitest";
import {
  MAX_BATCH_BYTES,
  MAX_BATCH_MESSAGES,
  messageBytes,
  takeBatch,
} from "../../../src/events/sinks/pubsub/batch.ts";
import type { PubsubMessage } from "../../../src/events/sinks/pubsub/cloud-event.ts";
import { someMessages } from "../../support/events.ts";

/** A message of exactly so many bytes, as `messageBytes` counts. */
function ofBytes(size: number, orderingKey = "key"): PubsubMessage {
  const data = Buffer.alloc(size - 20 - 2 - orderingKey.length).toString("base64");
  return { data, attributes: { a: "b" }, orderingKey };
}

describe("a batch", () => {
  it("is nothing of nothing, and everything that fits", () => {
    expect(takeBatch([])).toEqual([]);
    const messages = someMessages(3);
    expect(takeBatch(messages)).toEqual(messages);
  });

  it("holds 500 messages and not 501, the first ones in their order", () => {
    expect(takeBatch(someMessages(MAX_BATCH_MESSAGES))).toHaveLength(500);
    const messages = someMessages(MAX_BATCH_MESSAGES + 1);
    expect(takeBatch(messages)).toEqual(messages.slice(0, 500));
  });

  it("holds 1 MiB and not a byte more", () => {
    const half = MAX_BATCH_BYTES / 2;
    expect(takeBatch([ofBytes(half), ofBytes(half)])).toHaveLength(2);
    expect(takeBatch([ofBytes(half), ofBytes(half + 1)])).toHaveLength(1);
  });

  it("of a first message beyond that is this one alone", () => {
    const messages = [ofBytes(MAX_BATCH_BYTES + 1), ofBytes(100)];
    expect(takeBatch(messages)).toEqual([messages[0]]);
  });

  it("ends where another ordering key begins, and does not reach over it", () => {
    const messages = [...someMessages(2, "a"), ...someMessages(1, "b"), ...someMessages(1, "a", 3)];
    expect(takeBatch(messages)).toEqual(messages.slice(0, 2));
  });
});

describe("the size of a message", () => {
  it.each([0, 1, 2, 3, 4, 1000])("counts %i bytes of data decoded", (size) => {
    const data = Buffer.alloc(size).toString("base64");
    expect(messageBytes({ data, attributes: {}, orderingKey: "" })).toBe(size + 20);
  });

  it("counts attributes and key in UTF-8", () => {
    expect(messageBytes({ data: "", attributes: { é: "🦊" }, orderingKey: "ü" })).toBe(
      2 + 4 + 2 + 20,
    );
  });
});
