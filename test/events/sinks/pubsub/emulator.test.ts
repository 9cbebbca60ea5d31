/** What we publish, as Google's own emulator and client receive it, where they are installed. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { takeBatch } from "../../../../src/events/sinks/pubsub/batch.ts";
import {
  toPubsubMessage,
  type PubsubMessage,
} from "../../../../src/events/sinks/pubsub/cloud-event.ts";
import type { PublishOutcome } from "../../../../src/events/sinks/sink.ts";
import { createPublish } from "../../../../src/events/sinks/pubsub/publisher.ts";
import { connected, someMessages, stored } from "../../../support/events.ts";
import type { PubsubServer } from "../../../support/pubsub-server.ts";
import { makeServiceAccount } from "../../../support/service-account.ts";
import { startPubsub } from "../../../support/start-pubsub.ts";
import { after } from "../../../../src/worker/timer.ts";

/** Only bounds a hang: java takes seconds on a busy machine. */
const TIMEOUT_MS = 120_000;

let server: PubsubServer;

beforeAll(async () => {
  server = await startPubsub();
}, TIMEOUT_MS);

afterAll(() => server.stop(), TIMEOUT_MS);

const PORTS = { fetch, after, now: Date.now };

function publishTo(topic: string) {
  return createPublish(
    {
      endpoint: server.endpoint,
      project: server.project,
      topic,
      auth: "jwt",
      serviceAccount: null,
      tokenUrl: "",
      timeoutMs: 10_000,
    },
    PORTS,
  );
}

/** Publishes all of them, batch by batch. */
async function publishAll(
  publish: ReturnType<typeof publishTo>,
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

describe("Published events", () => {
  it(
    "arrive completely, in the order of their hub, and unchanged",
    async () => {
      const collector = await server.collect("arriving");
      const main = someMessages(1200, "main");
      const other = someMessages(300, "h1of2");
      const publish = publishTo("arriving");
      const outcomes = await Promise.all([publishAll(publish, main), publishAll(publish, other)]);
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
      expect(await publishTo(topic)([message])).toEqual({ kind: "published" });
      await collector.until((received) => received.length > 0);
      expect(collector.received.map(asPublished)).toEqual([message]);
      expect(JSON.parse(collector.received[0]?.text ?? "")).toMatchObject({ client_id: clientId });
    },
    TIMEOUT_MS,
  );

  it(
    "arrive with a token as well, which the emulator ignores",
    async () => {
      const collector = await server.collect("with-token");
      const publish = createPublish(
        {
          endpoint: server.endpoint,
          project: server.project,
          topic: "with-token",
          auth: "jwt",
          serviceAccount: makeServiceAccount().account,
          tokenUrl: "",
          timeoutMs: 10_000,
        },
        PORTS,
      );
      expect(await publish(someMessages(1))).toEqual({ kind: "published" });
      await collector.until((received) => received.length > 0);
    },
    TIMEOUT_MS,
  );
});

it(
  "A missing topic is tried again until it exists",
  async () => {
    const publish = publishTo("not-there-yet");
    expect(await publish(someMessages(1))).toMatchObject({
      kind: "blocked",
      reason: expect.stringMatching(/^404 NOT_FOUND: /),
    });
    const collector = await server.collect("not-there-yet");
    expect(await publish(someMessages(1))).toEqual({ kind: "published" });
    await collector.until((received) => received.length === 1);
  },
  TIMEOUT_MS,
);

it(
  "An outage loses no event: all arrive in order, and only whole batches arrive twice",
  async () => {
    const collector = await server.collect("outage");
    const publish = publishTo("outage");
    const messages = someMessages(600);
    const outcomes: string[] = [];
    let isOver = false;
    const load = async () => {
      for (let rest = messages.slice(); rest.length > 0;) {
        const batch = rest.slice(0, 5);
        const { kind } = await publish(batch);
        if (kind === "published") rest = rest.slice(batch.length);
        outcomes.push(kind);
        await new Promise((resolve) => setTimeout(resolve, isOver ? 0 : 10));
      }
    };
    const loading = load();
    await collector.until((received) => received.length >= 100);
    await server.kill();
    expect(await publish(someMessages(1))).toMatchObject({ kind: "retry" });
    await server.comeBack();
    isOver = true;
    await loading;
    expect(new Set(outcomes)).toEqual(new Set(["published", "retry"]));
    await collector.until((received) => idsOf(received).size === messages.length);
    // Events are in the order in which each arrived first. What was repeated were whole batches.
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
