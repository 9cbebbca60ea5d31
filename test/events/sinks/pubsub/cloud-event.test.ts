/** Events as messages of Pub/Sub, compared with the SDK of CloudEvents. */
import { CloudEvent, HTTP } from "cloudevents";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { toPubsubMessage } from "../../../../src/events/sinks/pubsub/cloud-event.ts";
import {
  EVENTS,
  type EventBody,
  type EventType,
  type StoredEvent,
} from "../../../../src/events/event-types.ts";
import { parseClientId } from "../../../../src/protocol/client-id.ts";
import { connected, stored } from "../../../support/events.ts";

// Over the keys the compiler forgets which example belongs to which type; the table has them in one row.
const EXAMPLES = (Object.keys(EVENTS) as EventType[]).map(
  (type) => ({ type, data: EVENTS[type].example }) as EventBody,
);

function dataOf(data: string): unknown {
  return JSON.parse(Buffer.from(data, "base64").toString("utf8"));
}

function bytes(text: string): number {
  return Buffer.byteLength(text, "utf8");
}

describe("toPubsubMessage", () => {
  it("puts the context of CloudEvents into attributes, and the data into the message", () => {
    const event = stored(connected("zoë 🦊"), {
      hub: "h3of16",
      partition: "a partition",
      sequence: 42,
      id: "e-42",
    });
    expect(toPubsubMessage(event)).toEqual({
      data: Buffer.from(JSON.stringify(event.data)).toString("base64"),
      attributes: {
        "content-type": "application/json",
        "ce-specversion": "1.0",
        "ce-id": "e-42",
        "ce-source": "/signal-manager/hubs/h3of16",
        "ce-type": "client.connected",
        "ce-time": "2026-11-23T06:00:00.000Z",
        "ce-subject": "zoë 🦊",
        "ce-sequence": "0000000000000042",
        event_type: "client.connected",
        client_id: "zoë 🦊",
      },
      orderingKey: "a partition",
    });
  });

  it("omits subject and client_id if the event is about no client", () => {
    const { example } = EVENTS.rate_limited;
    const { attributes } = toPubsubMessage(stored({ type: "rate_limited", data: example }));
    expect(Object.keys(attributes)).not.toContain("client_id");
    expect(Object.keys(attributes)).not.toContain("ce-subject");
  });

  it("writes sequences so that they sort as text as they do as numbers", () => {
    const sequences = [1, 9, 10, 99, 100, Number.MAX_SAFE_INTEGER - 1, Number.MAX_SAFE_INTEGER];
    const texts = sequences.map(
      (sequence) => toPubsubMessage(stored(connected("a"), { sequence })).attributes["ce-sequence"],
    );
    expect(texts.toSorted()).toEqual(texts);
    expect(new Set(texts).size).toBe(sequences.length);
  });

  it("escapes the hub's name in the source, so that it stays a URI reference", () => {
    const { attributes } = toPubsubMessage(stored(connected("a"), { hub: "client:a/b?c#d é" }));
    expect(attributes["ce-source"]).toBe("/signal-manager/hubs/client%3Aa%2Fb%3Fc%23d%20%C3%A9");
  });
});

describe("The SDK of CloudEvents", () => {
  it.each(EXAMPLES)("makes the same attributes for $type", (example) => {
    const event = stored(example);
    const { attributes, data: base64 } = toPubsubMessage(event);
    const { event_type: eventType, client_id: client, ...context } = attributes;
    const oracle = new CloudEvent({
      id: event.id,
      source: "/signal-manager/hubs/main",
      type: example.type,
      time: new Date(event.atMs).toISOString(),
      datacontenttype: "application/json",
      ...(client === undefined ? {} : { subject: client }),
      sequence: "0000000000000001",
      data: event.data,
    });
    expect(oracle.validate()).toBe(true);
    const { headers, body } = HTTP.binary(oracle);
    expect(context).toEqual(headers);
    expect(eventType).toBe(example.type);
    expect(dataOf(base64)).toEqual(JSON.parse(String(body)));
  });

  it("reads our message for any client id", () => {
    fc.assert(
      fc.property(anyClientId(), (client) => {
        const { attributes, data } = toPubsubMessage(stored(connected(client)));
        const { event_type: _, client_id: __, ...headers } = attributes;
        const read = HTTP.toEvent({
          headers,
          body: Buffer.from(data, "base64").toString("utf8"),
        });
        expect(read).toMatchObject({ subject: attributes["ce-subject"], type: "client.connected" });
        expect(attributes["client_id"]).toBe(client);
        expect(dataOf(data)).toMatchObject({ client_id: client });
      }),
    );
  });
});

describe("The limits of Pub/Sub", () => {
  it("hold for every client id, hub name and partition", () => {
    fc.assert(
      fc.property(anyClientId(), anyHubName(), anyHubName(), (client, hub, partition) => {
        const event: StoredEvent = stored(connected(client), { hub, partition, id: "id" });
        const { attributes, orderingKey } = toPubsubMessage(event);
        expect(Object.keys(attributes).length).toBeLessThanOrEqual(100);
        for (const value of Object.values(attributes)) {
          expect(bytes(value)).toBeLessThanOrEqual(1024);
          expect(value.isWellFormed()).toBe(true);
        }
        expect(bytes(orderingKey)).toBeLessThanOrEqual(1024);
        expect(orderingKey.isWellFormed()).toBe(true);
        expect(orderingKey).not.toBe("");
        expect(() => decodeLoosely(attributes["ce-source"] ?? "")).not.toThrow();
      }),
    );
  });

  it("leave a key of 1024 bytes whole, and cut a longer one between characters", () => {
    expect(keyOf("x".repeat(1024))).toBe("x".repeat(1024));
    expect(keyOf("x".repeat(1025))).toBe("x".repeat(1024));
    expect(keyOf(`${"x".repeat(1022)}é`)).toBe(`${"x".repeat(1022)}é`);
    expect(keyOf(`${"x".repeat(1023)}é`)).toBe("x".repeat(1023));
    expect(keyOf(`${"x".repeat(1021)}🦊`)).toBe("x".repeat(1021));
  });

  it.each([0, 1, 2])(
    "never cut a source inside a percent escape: with %i more characters",
    (more) => {
      const hub = "x".repeat(more) + "é".repeat(300);
      const { attributes } = toPubsubMessage(stored(connected("a"), { hub, id: "id" }));
      expect(attributes["ce-source"]).toMatch(/^\/signal-manager\/hubs\/x*(%[0-9A-F]{2})+$/);
    },
  );
});

it("toPubsubMessage replaces noncharacters in the attributes of CloudEvents, whose strings must not hold any", () => {
  const event = stored(connected("a\uFFFE"), { id: "client:a\uFFFE.rate_limited.1" });
  const { attributes } = toPubsubMessage(event);
  expect(attributes["ce-subject"]).toBe("a\uFFFD");
  expect(attributes["ce-id"]).toBe("client:a\uFFFD.rate_limited.1");
  expect(attributes["client_id"]).toBe("a\uFFFE");
});

/** Any id that the protocol allows (ID1). */
function anyClientId(): fc.Arbitrary<string> {
  const text = fc.string({ unit: "binary", minLength: 1, maxLength: 128 });
  return text.filter((id) => parseClientId(id) !== null);
}

function anyHubName(): fc.Arbitrary<string> {
  return fc.oneof(
    fc.constant("main"),
    anyClientId().map((id) => `client:${id}`),
    fc.string({ unit: "binary", minLength: 1, maxLength: 1100 }),
  );
}

function keyOf(partition: string): string {
  return toPubsubMessage(stored(connected("a"), { partition })).orderingKey;
}

/** @throws if an escape is incomplete, as a URI reader does. */
function decodeLoosely(source: string): void {
  if (/%(?![0-9A-F]{2})/.test(source)) throw new Error(`a broken escape: ${source}`);
}
