/** Pub/Sub is away for a minute while clients of the real service come and go. */
import { setTimeout as pause } from "node:timers/promises";
import { expect, it } from "vitest";
import type { ReceivedMessage } from "../../scripts/local/pubsub-rest.ts";
import { connectWithToken, PublishingService } from "../support/publishing-service.ts";
import { distinct, expectOrder, expectPairs, ofType } from "../support/received-events.ts";

const OUTAGE_MS = 60_000;

/** Stays under the 600 upgrades a minute that the service accepts from one address. */
const PAUSE_MS = 120;

const publishing = PublishingService.forThisFile();

it(
  "Events survive an outage of a minute under load: nothing is lost or out of order, and a repeated event keeps its id",
  { timeout: 4 * OUTAGE_MS },
  async () => {
    const { topic, collector } = await publishing.newTopic();
    const { url } = await publishing.start(topic, "outage");
    let sessions = 0;
    const come = async () => {
      const client = await connectWithToken(url, `client-${sessions % 7}`);
      sessions += 1;
      client.close(1000);
      await client.closed;
    };
    for (let n = 0; n < 10; n += 1) await come();
    await collector.until((all) => all.length > 0);
    await publishing.pubsub.kill();
    const backAtMs = Date.now() + OUTAGE_MS;
    while (Date.now() < backAtMs) {
      await come();
      await pause(PAUSE_MS);
    }
    const away = sessions;
    await publishing.pubsub.comeBack();
    for (let n = 0; n < 10; n += 1) await come();
    const isComplete = (all: readonly ReceivedMessage[]) =>
      ofType(distinct(all), "client.disconnected").length >= sessions;
    await collector.until(isComplete, 2 * OUTAGE_MS);
    const all = distinct(collector.received);
    expect(away).toBeGreaterThan(100);
    expect(expectOrder(all)).toEqual(["main"]);
    expectPairs(all, sessions);
    const contents = new Map(all.map((m) => [m.attributes["ce-id"], m.text]));
    for (const { attributes, text } of collector.received) {
      expect(text).toBe(contents.get(attributes["ce-id"]));
    }
  },
);
