/** What the publisher publishes, received by somebody else: Google's emulator and client, where they are. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { takeBatch } from "../../../src/events/sinks/pubsub/batch.ts";
import {
  toPubsubMessage,
  type PubsubMessage,
} from "../../../src/events/sinks/pubsub/cloud-event.ts";
import type { PublishOutcome } from "../../../src/events/sinks/pubsub/publish-outcome.ts";
import {
  createPubsubPublisher,
  type Publisher,
} from "../../../src/events/sinks/pubsub/publisher.ts";
import { connected, someMessages, stored } from "../../support/events.ts";
import type { PubsubServer } from "../../support/pubsub-server.ts";
import { makeServiceAccount } from "../../support/service-account.ts";
import { startPubsub } from "../../support/start-pubsub.ts";

/** Bounds a hang: java takes seconds on a busy machine. */
const TIMEOUT_MS = 120_000;

let server: PubsubServer;

beforeAll(async () => {
  server = await startPubsub();
}, TIMEOUT_MS);

afterAll(() => server.stop(), TIMEOUT_MS);

function publisherTo(topic: string): Publisher {
  return createPubsubPublisher(
    {
      endpoint: server.endpoint,
      project: server.project,
      topic,
      auth: "jwt",
      serviceAccount: null,
      tokenUrl: "",
      timeoutMs: 10_000,
    },
    { fetch, now: Date.now },
  );
}

/** All of them, batch by batch. */
async function publishAll(
  { publish }: Publisher,
  messages: readonly PubsubMessage[],
): Promise<PublishOutcome["kind"][]> {
  const outcomes: PublishOutcome["kind"][] = [];
  for (let rest = messages; rest.length > 0;) {
    const batch = takeBatch(rest);
    const { kind } = await publish(batch);
    outcomes.push(kind);
    rest = rest.slice(batch.length);
  }
  return outcomes;
}

describe("events that are published", () => {
  it(
    "arrive complete, in the order of their hub, and as they were",
    async () => {
      const collector = await server.collect("arriving");
      const main = someMessages(1200, "main");
      const other = someMessages(300, "h1of2");
      const publisher = publisherTo("arriving");
      const outcomes = await Promise.all([
        publishAll(publisher, main),
        publishAll(publisher, other),
      ]);
      expect(outcomes).toEqual([["published", "published", "published"], ["published"]]);
      await collector.until((received) => received.length >= 1500);
      expect(collector.received).toHaveLength(1500);
      for (const [hub, messages] of Object.entries({ main, h1of2: other })) {
        const received = collector.received.filter(({ orderingKey }) => orderingKey === hub);
        expect(received.map(asPublished)).toEqual(messages);
      }
    },
    TIMEOUT_MS,
  );

  it.each(["zoë 🦊", "مرحبا:b", "\u{10FFFF}".repeat(128), "a%2Fb c"])(
    "arrive with the client id %j",
    async (clientId) => {
      const topic = `ids-${Buffer.from(clientId).toString("hex").slice(0, 20)}`;
      const collector = await server.collect(topic);
      const message = toPubsubMessage(stored(connected(clientId), { hub: `client:${clientId}` }));
      expect(await publisherTo(topic).publish([message])).toEqual({ kind: "published" });
      await collector.until((received) => received.length > 0);
      expect(collector.received.map(asPublished)).toEqual([message]);
      expect(JSON.parse(collector.received[0]?.text ?? "")).toMatchObject({ client_id: clientId });
    },
    TIMEOUT_MS,
  );

  it(
    "arrive with a token too, which the emulator does not look at",
    async () => {
      const collector = await server.collect("with-token");
      const publisher = createPubsubPublisher(
        {
          endpoint: server.endpoint,
          project: server.project,
          topic: "with-token",
          auth: "jwt",
          serviceAccount: makeServiceAccount().account,
          tokenUrl: "",
          timeoutMs: 10_000,
        },
        { fetch, now: Date.now },
      );
      expect(await publisher.publish(someMessages(1))).toEqual({ kind: "published" });
      await collector.until((received) => received.length > 0);
    },
    TIMEOUT_MS,
  );
});

it(
  "a topic that is not there yet is waited for",
  async () => {
    const publisher = publisherTo("not-there-yet");
    expect(await publisher.publish(someMessages(1))).toMatchObject({
      kind: "retry",
      retryAfterMs: 60_000,
      reason: expect.stringMatching(/^404 NOT_FOUND: /),
    });
    const collector = await server.collect("not-there-yet");
    expect(await publisher.publish(someMessages(1))).toEqual({ kind: "published" });
    await collector.until((received) => received.length === 1);
  },
  TIMEOUT_MS,
);

it(
  "an outage loses nothing of what is published again, in order, and repeats only the same events",
  async () => {
    const collector = await server.collect("outage");
    const publisher = publisherTo("outage");
    const messages = someMessages(600);
    const outcomes: string[] = [];
    let isOver = false;
    const load = async () => {
      for (let rest = messages.slice(); rest.length > 0;) {
        const batch = rest.slice(0, 5);
        const { kind } = await publisher.publish(batch);
        if (kind === "published") rest = rest.slice(batch.length);
        outcomes.push(kind);
        await new Promise((resolve) => setTimeout(resolve, isOver ? 0 : 10));
      }
    };
    const loading = load();
    await collector.until((received) => received.length >= 100);
    await server.kill();
    expect(await publisher.publish(someMessages(1))).toMatchObject({ kind: "retry" });
    await server.comeBack();
    isOver = true;
    await loading;
    expect(new Set(outcomes)).toEqual(new Set(["published", "retry"]));
    await collector.until((received) => idsOf(received).size === messages.length);
    // The first time that each came is in order; what came again, came whole batches back.
    expect([...idsOf(collector.received)]).toEqual(
      messages.map(({ attributes }) => attributes["ce-id"]),
    );
  },
  TIMEOUT_MS,
);

type Received = Awaited<ReturnType<PubsubServer["collect"]>>["received"];

function asPublished({ text, attributes, orderingKey }: Received[number]): PubsubMessage {
  return { data: Buffer.from(text).toString("base64"), attributes, orderingKey };
}

function idsOf(received: Received): Set<string | undefined> {
  return new Set(received.map(({ attributes }) => attributes["ce-id"]));
}
