/**
 * Events of the real service, received by Google's own client from Google's emulator: complete, in order, and each session's
 * beginning and end exactly once; also through an outage of a minute, and the death of the runtime.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { WebSocket as RawWebSocket } from "ws";
import type { ReceivedMessage } from "../../scripts/local/pubsub-rest.ts";
import { issueJwt } from "../../src/auth/jwt.ts";
import { PUBLIC_TOKEN_SECRET } from "../../src/config/cross-checks.ts";
import { clientId } from "../support/client-ids.ts";
import { frame } from "../support/frames.ts";
import { NodeClient } from "../support/node-client.ts";
import { NodeService, type ShellSettings } from "../support/node-service.ts";
import type { Collector, PubsubServer } from "../support/pubsub-server.ts";
import { dataOf, distinct, expectOrder, expectPairs, ofType } from "../support/received-events.ts";
import { counted, scrape } from "../support/scrape.ts";
import { startPubsub } from "../support/start-pubsub.ts";

/** The issue's: the emulator is away for so long while clients come and go. */
const OUTAGE_MS = 60_000;

/** Under the 600 upgrades a minute that the service takes from one address. */
const PAUSE_MS = 120;

const HEARTBEATS = 'signal_manager_frames_total{type="heartbeat"}';
const UPGRADES = 'signal_manager_upgrades_total{status="101"}';

const ADMIN_TOKEN = "the-admin-token-of-the-tests";

let pubsub: PubsubServer;
let stateFolder: string;
let service: NodeService | null = null;
let topics = 0;

beforeAll(async () => {
  pubsub = await startPubsub();
  stateFolder = mkdtempSync(join(tmpdir(), "signal-manager-events-"));
});
afterEach(async () => {
  await service?.stop();
  service = null;
});
afterAll(async () => {
  await pubsub?.stop();
  rmSync(stateFolder, { recursive: true, force: true });
});

async function start(
  topic: string,
  folder: string,
  settings: ShellSettings = {},
): Promise<NodeService> {
  service = await NodeService.start(
    {
      SIGNAL_MANAGER_EVENTS_SINKS: "pubsub",
      SIGNAL_MANAGER_EVENTS_PUBSUB_ENDPOINT: pubsub.endpoint,
      SIGNAL_MANAGER_EVENTS_PUBSUB_PROJECT: pubsub.project,
      SIGNAL_MANAGER_EVENTS_PUBSUB_TOPIC: topic,
      SIGNAL_MANAGER_ADMIN_TOKEN: ADMIN_TOKEN,
      ...settings,
    },
    [`--persist-to=${join(stateFolder, folder)}`],
  );
  return service;
}

/** A topic of the test's own, and what arrives there. */
async function newTopic(): Promise<{ topic: string; collector: Collector }> {
  topics += 1;
  const topic = `events-${process.pid}-${topics}`;
  return { topic, collector: await pubsub.collect(topic) };
}

function token(id: string): Promise<string> {
  return issueJwt(PUBLIC_TOKEN_SECRET, { clientId: clientId(id) }, 3600, Date.now());
}

async function connect(url: string, id: string): Promise<NodeClient> {
  const client = await NodeClient.open(url);
  await client.expectAck(frame("CONNECT", { client_id: id, auth_token: await token(id) }));
  return client;
}

function isAtLeast(before: number) {
  return (now: number) => now >= before;
}

describe("events of the running service", () => {
  it("arrive complete and in order, with the reason why each session ended", async () => {
    const { topic, collector } = await newTopic();
    const { url } = await start(topic, "reasons");
    (await connect(url, "leaver")).send(frame("DISCONNECT", {}));
    const closer = await connect(url, "clöser");
    closer.close(1000);
    await connect(url, "replaced");
    await connect(url, "replaced");
    const raw = new RawWebSocket(url);
    await new Promise((resolve) => raw.once("open", resolve));
    raw.send(frame("CONNECT", { client_id: "dropped", auth_token: await token("dropped") }));
    await new Promise((resolve) => raw.once("message", resolve));
    raw.terminate();
    const headers = { authorization: `Bearer ${ADMIN_TOKEN}` };
    const kick = new URL("/admin/sessions/replaced", url.replace(/^ws/, "http"));
    expect((await fetch(kick, { method: "DELETE", headers })).status).toBe(204);

    await collector.until((all) => ofType(all, "client.disconnected").length >= 5);
    const all = distinct(collector.received);
    expect(expectOrder(all)).toEqual(["main"]);
    expectPairs(all, 5);
    const reasons = ofType(all, "client.disconnected").map((m) => [
      m.attributes["client_id"],
      dataOf(m)["reason"],
    ]);
    expect(reasons.toSorted()).toEqual(
      [
        ["clöser", "closed"],
        ["dropped", "dropped"],
        ["leaver", "disconnect"],
        ["replaced", "kicked"],
        ["replaced", "replaced"],
      ].toSorted(),
    );
    expect(all[0]?.attributes).toMatchObject({
      "ce-specversion": "1.0",
      "ce-source": "/signal-manager/hubs/main",
      "ce-type": "client.connected",
      "content-type": "application/json",
      client_id: "leaver",
    });
  });

  it.each([
    { hubs: "5", count: 5 },
    { hubs: "per-client", count: 20 },
  ])(
    "arrive from $hubs hubs through two Ledgers, in order for each hub",
    async ({ hubs, count }) => {
      const { topic, collector } = await newTopic();
      const { url } = await start(topic, `hubs-${hubs}`, {
        SIGNAL_MANAGER_ROUTING_HUBS: hubs,
        SIGNAL_MANAGER_EVENTS_LEDGERS: "2",
      });
      const ids = Array.from({ length: 20 }, (_, n) => `client-${n}`);
      for (let round = 0; round < 3; round += 1) {
        await Promise.all(
          ids.map(async (id) => {
            const auth_token = await token(id);
            const client = await NodeClient.open(url, ["signal-manager", `bearer.${auth_token}`]);
            await client.expectAck(frame("CONNECT", { client_id: id }));
            client.close(1000);
            await client.closed;
          }),
        );
      }
      const sessions = 3 * ids.length;
      await collector.until(
        (all) => ofType(distinct(all), "client.disconnected").length >= sessions,
      );
      const all = distinct(collector.received);
      expect(expectOrder(all)).toHaveLength(count);
      expectPairs(all, sessions);
    },
  );

  it(
    "survive an outage of a minute under load: nothing is lost or out of order, and what comes twice says so",
    { timeout: 4 * OUTAGE_MS },
    async () => {
      const { topic, collector } = await newTopic();
      const { url } = await start(topic, "outage");
      let sessions = 0;
      const come = async () => {
        const client = await connect(url, `client-${sessions % 7}`);
        sessions += 1;
        client.close(1000);
        await client.closed;
      };
      for (let n = 0; n < 10; n += 1) await come();
      await collector.until((all) => all.length > 0);
      await pubsub.kill();
      const backAtMs = Date.now() + OUTAGE_MS;
      while (Date.now() < backAtMs) {
        await come();
        await pause(PAUSE_MS);
      }
      const away = sessions;
      await pubsub.comeBack();
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

  it("report each session that a crash of the runtime ended once, even if no client comes back, and the counters survive", async () => {
    const { topic, collector } = await newTopic();
    const interval = { SIGNAL_MANAGER_SERVER_HEARTBEAT_INTERVAL: "3" };
    const first = await start(topic, "death", interval);
    const ids = ["alice", "bob", "carol"];
    const clients = await Promise.all(ids.map((id) => connect(first.url, id)));
    await collector.until((all) => ofType(all, "client.connected").length >= ids.length);
    // No event takes these along: the hub tells of them within five seconds, the Worker of its upgrades within one.
    for (const client of clients) client.send(frame("HEARTBEAT", {}));
    const before = await vi.waitUntil(
      async () => {
        for (const client of clients) client.send("ping");
        const now = await scrape(first);
        const isTold = [HEARTBEATS, UPGRADES].every((series) => now.get(series) === ids.length);
        return isTold && now;
      },
      { timeout: 30_000, interval: 250 },
    );
    await first.processes.end("SIGKILL");
    // The alarm alone brings the hub back.
    const second = await start(topic, "death", interval);
    const after = await scrape(second);
    for (const [series, value] of counted(before)) {
      expect([series, after.get(series)]).toEqual([series, expect.toSatisfy(isAtLeast(value))]);
    }
    await collector.until((all) => ofType(all, "client.disconnected").length >= ids.length, 90_000);
    // What would be told twice would be told before this one's end.
    (await connect(second.url, "dave")).close(1000);
    await collector.until((all) => ofType(all, "client.disconnected").length > ids.length);
    const all = distinct(collector.received);
    expect(expectOrder(all)).toEqual(["main"]);
    expectPairs(all, ids.length + 1);
    const ends = ofType(all, "client.disconnected").map(dataOf);
    for (const id of ids) {
      expect(ends).toContainEqual(
        expect.objectContaining({ client_id: id, reason: "lost", message_count: null }),
      );
    }
  });
});
