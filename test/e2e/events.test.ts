/**
 * Events of the real service, received by Google's own client from Google's emulator: complete and in order, with the beginning
 * and the end of each session exactly once, and also after the runtime was killed.
 */
import { describe, expect, it, vi } from "vitest";
import { WebSocket as RawWebSocket } from "ws";
import { frame } from "../support/frames.ts";
import { NodeClient } from "../support/node-client.ts";
import {
  ADMIN_TOKEN,
  connectWithToken,
  PublishingService,
  signedToken,
} from "../support/publishing-service.ts";
import { dataOf, distinct, expectOrder, expectPairs, ofType } from "../support/received-events.ts";
import { counted, scrape } from "../support/scrape.ts";

const HEARTBEATS = 'signal_manager_frames_total{type="heartbeat"}';
const UPGRADES = 'signal_manager_upgrades_total{status="101"}';

const publishing = PublishingService.forThisFile();

function isAtLeast(before: number) {
  return (now: number) => now >= before;
}

describe("events of the running service", () => {
  it("arrive complete and in order, with the reason why each session ended", async () => {
    const { topic, collector } = await publishing.newTopic();
    const { url } = await publishing.start(topic, "reasons");
    (await connectWithToken(url, "leaver")).send(frame("DISCONNECT", {}));
    const closer = await connectWithToken(url, "clöser");
    closer.close(1000);
    await connectWithToken(url, "replaced");
    await connectWithToken(url, "replaced");
    const raw = new RawWebSocket(url);
    await new Promise((resolve) => raw.once("open", resolve));
    raw.send(frame("CONNECT", { client_id: "dropped", auth_token: await signedToken("dropped") }));
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
      const { topic, collector } = await publishing.newTopic();
      const { url } = await publishing.start(topic, `hubs-${hubs}`, {
        SIGNAL_MANAGER_ROUTING_HUBS: hubs,
        SIGNAL_MANAGER_EVENTS_LEDGERS: "2",
      });
      const ids = Array.from({ length: 20 }, (_, n) => `client-${n}`);
      for (let round = 0; round < 3; round += 1) {
        await Promise.all(
          ids.map(async (id) => {
            const auth_token = await signedToken(id);
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

  it("report each session that a crash of the runtime ended once, even if no client comes back, and the counters survive", async () => {
    const { topic, collector } = await publishing.newTopic();
    const interval = {
      SIGNAL_MANAGER_SERVER_HEARTBEAT_INTERVAL: "3",
      SIGNAL_MANAGER_SERVER_MIN_SILENCE: "0",
    };
    const first = await publishing.start(topic, "death", interval);
    const ids = ["alice", "bob", "carol"];
    const clients = await Promise.all(ids.map((id) => connectWithToken(first.url, id)));
    await collector.until((all) => ofType(all, "client.connected").length >= ids.length);
    // No event carries these counts: the hub reports them within five seconds, the Worker its upgrades within one.
    for (const client of clients) client.send(frame("HEARTBEAT", {}));
    const before = await vi.waitUntil(
      async () => {
        for (const client of clients) client.send("ping");
        const now = await scrape(first);
        const isReported = [HEARTBEATS, UPGRADES].every((series) => now.get(series) === ids.length);
        return isReported && now;
      },
      { timeout: 30_000, interval: 250 },
    );
    await first.processes.end("SIGKILL");
    // The alarm alone brings the hub back.
    const second = await publishing.start(topic, "death", interval);
    const after = await scrape(second);
    for (const [series, value] of counted(before)) {
      expect([series, after.get(series)]).toEqual([series, expect.toSatisfy(isAtLeast(value))]);
    }
    await collector.until((all) => ofType(all, "client.disconnected").length >= ids.length, 90_000);
    // A second report of an end would arrive before the end of this session.
    (await connectWithToken(second.url, "dave")).close(1000);
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
