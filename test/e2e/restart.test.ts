/** The real service, killed and started again with its state: clients come back, and each session's end is published once. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished, vi } from "vitest";
import { SignalClient } from "../../src/client/index.ts";
import { hubNameOf } from "../../src/hub/placement.ts";
import { clientId } from "../support/client-ids.ts";
import { fixedPort } from "../support/fixed-port.ts";
import { NodeClient, tokenOf } from "../support/node-client.ts";
import { NodeService, type ShellSettings } from "../support/node-service.ts";
import { FakePubsubServer } from "../support/pubsub-fake-server.ts";
import {
  dataOf,
  distinct,
  expectOrder,
  expectPairs,
  hubOf,
  ofType,
} from "../support/received-events.ts";

const TOPIC = "signal-events";

/** The alarm alone brings a hub back: within three heartbeats, and what the platform adds. */
const ALARM_TIMEOUT_MS = 60_000;

/** A service that can be started again and again with the same state, and what its events are. */
async function restartable(common: ShellSettings) {
  const pubsub = await FakePubsubServer.start();
  onTestFinished(() => pubsub.stop());
  const state = mkdtempSync(join(tmpdir(), "signal-manager-restart-"));
  onTestFinished(() => rmSync(state, { recursive: true, force: true }));
  const collector = await pubsub.collect(TOPIC);
  const start = async (settings: ShellSettings = {}): Promise<NodeService> => {
    const service = await NodeService.start(
      {
        SIGNAL_MANAGER_SERVER_HEARTBEAT_INTERVAL: "3",
        SIGNAL_MANAGER_SERVER_MIN_SILENCE: "0",
        SIGNAL_MANAGER_EVENTS_SINKS: "pubsub",
        SIGNAL_MANAGER_EVENTS_PUBSUB_ENDPOINT: pubsub.endpoint,
        SIGNAL_MANAGER_EVENTS_PUBSUB_PROJECT: pubsub.project,
        SIGNAL_MANAGER_EVENTS_PUBSUB_TOPIC: TOPIC,
        ...common,
        ...settings,
      },
      [`--persist-to=${state}`],
    );
    onTestFinished(() => service.processes.end("SIGKILL"));
    return service;
  };
  const ended = (count: number) =>
    collector.until(
      (all) => ofType(distinct(all), "client.disconnected").length >= count,
      ALARM_TIMEOUT_MS,
    );
  return { collector, start, ended };
}

it("[SE5] a service that starts again with another number of hubs has its clients at their new hubs, and publishes each old end once", async () => {
  const port = await fixedPort();
  const { collector, start, ended } = await restartable({
    SIGNAL_MANAGER_SERVER_PORT: String(port),
  });
  const first = await start({ SIGNAL_MANAGER_ROUTING_HUBS: "2" });
  const ids = ["alice", "bob"];
  // Each had a hub of its own.
  expect(new Set(ids.map((id) => hubNameOf(clientId(id), 2))).size).toBe(2);
  const [alice, bob] = ids.map((id) => {
    const client = new SignalClient({ url: first.url, clientId: id, token: () => tokenOf(id) });
    onTestFinished(() => client.close());
    return client;
  });
  if (alice === undefined || bob === undefined) throw new Error("not two clients");
  const clients = [alice, bob];
  await Promise.all(clients.map((client) => client.connect()));
  await collector.until((all) => ofType(all, "client.connected").length >= clients.length);

  await first.processes.end("SIGKILL");
  await vi.waitUntil(() => clients.every(({ state }) => state !== "connected"));
  const second = await start({ SIGNAL_MANAGER_ROUTING_HUBS: "3" });
  await Promise.all(clients.map((client) => client.connect()));
  const heard = bob.signals()[Symbol.asyncIterator]();
  await alice.send("bob", "offer", "Here again?");
  expect(await heard.next()).toMatchObject({ value: { source: "alice", data: "Here again?" } });
  await ended(clients.length);

  await Promise.all(clients.map((client) => client.close()));
  await ended(2 * clients.length);
  await second.stop();

  // Back to the old hubs: an event that one of them repeated would arrive before the end of this session.
  await start({ SIGNAL_MANAGER_ROUTING_HUBS: "2" });
  await Promise.all(clients.map((client) => client.connect()));
  await Promise.all(clients.map((client) => client.close()));
  await ended(3 * clients.length);
  const all = distinct(collector.received);
  expectPairs(all, 3 * clients.length);
  const hubs = (count: number) => ids.map((id) => hubNameOf(clientId(id), count));
  expect(expectOrder(all).toSorted()).toEqual([...new Set([...hubs(2), ...hubs(3)])].toSorted());
  const reasons = ofType(all, "client.disconnected").map((message) => [
    message.attributes["client_id"],
    hubOf(message),
    dataOf(message)["reason"],
  ]);
  expect(reasons.toSorted()).toEqual(
    ids
      .flatMap((id) => [
        [id, hubNameOf(clientId(id), 2), "lost"],
        [id, hubNameOf(clientId(id), 3), "disconnect"],
        [id, hubNameOf(clientId(id), 2), "disconnect"],
      ])
      .toSorted(),
  );
});

it("[SE5] a service with one hub per client publishes each lost session once after a crash, even if no client comes back", async () => {
  const { collector, start, ended } = await restartable({
    SIGNAL_MANAGER_ROUTING_HUBS: "per-client",
    SIGNAL_MANAGER_AUTH_ANONYMOUS_UPGRADE: "false",
  });
  const ids = ["alice", "bob", "carol"];
  const first = await start();
  await Promise.all(ids.map((id) => NodeClient.connectAs(first.url, id)));
  await collector.until((all) => ofType(all, "client.connected").length >= ids.length);
  await first.processes.end("SIGKILL");

  const second = await start();
  await ended(ids.length);
  // Each hub gets one more session: an event that the hub repeated would arrive before its end.
  for (const id of ids) {
    const client = await NodeClient.connectAs(second.url, id);
    client.close(1000);
    await client.closed;
  }
  await ended(2 * ids.length);
  const all = distinct(collector.received);
  expect(expectOrder(all).toSorted()).toEqual(ids.map((id) => `client:${id}`));
  expectPairs(all, 2 * ids.length);
  const ends = ofType(all, "client.disconnected").map(dataOf);
  for (const client_id of ids) {
    expect(ends.filter((end) => end["client_id"] === client_id)).toMatchObject([
      { reason: "lost", message_count: null },
      { reason: "closed", message_count: 1 },
    ]);
  }
});
