/**
 * Both versions in one workerd process, calling each other, as for some minutes after a deploy: each hub reports to a Ledger
 * of the other version and signals hubs of the other version, and each Worker calls hubs of both.
 */
import { describe, expect, it, onTestFinished } from "vitest";
import type { Workerd } from "../../bench/workerd.ts";
import { frame, uuid, type Seen } from "../support/frames.ts";
import { NodeClient, tokenOf } from "../support/node-client.ts";
import { FakePubsubServer } from "../support/pubsub-fake-server.ts";
import type { Collector } from "../support/pubsub-server.ts";
import { expectOrder, expectPairs } from "../support/received-events.ts";
import { untilMetric } from "./support/history.ts";
import {
  ask,
  idIn,
  run,
  serviceOf,
  storageFolder,
  TOPIC,
  VERSIONS,
  varsFor,
  whyNoBaseline,
  type Version,
} from "./support/services.ts";

const SOURCE = idIn("h0of3", "source");
const TARGET = idIn("h1of3", "target");
const NOBODY = idIn("h1of3", "nobody");

/** Series as each version names them: what the source's hub counts of a signal, and what the target's hub counts. */
const SERIES: Readonly<Record<Version, { readonly received: string; readonly routed: string }>> = {
  baseline: {
    received: 'signal_manager_messages_total{type="signal_offer"}',
    routed: 'signal_manager_signals_routed_total{type="signal_offer"}',
  },
  today: {
    received: 'signal_manager_frames_total{type="signal_offer"}',
    routed: 'signal_manager_signals_delivered_total{type="signal_offer"}',
  },
};

const CASES = VERSIONS.flatMap((worker) => VERSIONS.map((hub) => ({ worker, hub })));

describe.skipIf(whyNoBaseline() !== null).each(CASES)(
  "a Worker of $worker, with a client in a hub of $hub and its partner in a hub of the other version",
  ({ worker, hub }) => {
    it("[SI9] delivers each signal once and in order, both ways, or answers it ERROR 503", async () => {
      const { source, target } = await startBoth(worker, hub);
      await expectSignals(source, target, TARGET);
      await expectSignals(target, source, SOURCE);
      source.send(offer(NOBODY, 9));
      const answer = await source.next();
      expect(answer).toMatchObject({ type: "ERROR", uuid: uuid(9) });
      expect([404, 503]).toContain(codeOf(answer));
    });

    it("[SE5] gets every event of both sessions, once and in order, and counts what the hubs counted", async () => {
      const { source, target, door, collector } = await startBoth(worker, hub);
      await expectSignals(source, target, TARGET);
      for (const client of [source, target]) {
        client.close(1000);
        await client.closed;
      }
      await collector.until((all) => all.length >= 4);
      expectPairs(collector.received, 2);
      expectOrder(collector.received);
      // A hub reports its counts with its events. The Worker is of the version of the one Ledger that it asks here.
      const { received, routed } = SERIES[worker];
      const [asked, series] = worker === hub ? [other(hub), routed] : [hub, received];
      await untilMetric(door(asked), series, (count) => count === SIGNALS.length);
    });

    it("reads a session or answers 503, sends a backend's signal and kicks a client of either hub", async () => {
      const { source, target, door } = await startBoth(worker, hub);
      for (const { version, id, client } of [
        { version: hub, id: SOURCE, client: source },
        { version: other(hub), id: TARGET, client: target },
      ]) {
        const url = door(version);
        const session = await ask(url, "GET", `/admin/sessions/${id}`);
        // Today's Worker asks for `getSession`, which a hub of the baseline does not have: it says so, definitely.
        const isAsked = worker === "baseline" || version === "today";
        expect(session.status).toBe(isAsked ? 200 : 503);
        if (isAsked) expect(JSON.parse(session.text)).toMatchObject({ client_id: id });
        const signal = { target_client_id: id, type: "offer", signal_data: "from a backend" };
        expect(await ask(url, "POST", "/admin/signals", signal)).toMatchObject({ status: 200 });
        expect(await client.next()).toMatchObject({
          type: "SIGNAL_OFFER",
          payload: { signal_data: "from a backend" },
        });
        expect(await ask(url, "DELETE", `/admin/sessions/${id}`)).toMatchObject({ status: 204 });
        expect(await client.next()).toMatchObject({ type: "ERROR" });
        await client.closed;
      }
    });
  },
);

/** Each is answered before the next is sent. */
const SIGNALS = [1, 2, 3];

async function expectSignals(source: NodeClient, target: NodeClient, id: string): Promise<void> {
  const delivered: string[] = [];
  for (const number of SIGNALS) {
    source.send(offer(id, number));
    const answer = await source.next();
    expect(answer).toMatchObject({ uuid: uuid(number) });
    const isDelivered = typeof answer !== "string" && answer.type === "SIGNAL_ACK";
    if (isDelivered) delivered.push(uuid(number));
    else expect(codeOf(answer)).toBe(503);
  }
  for (const signal of delivered) {
    expect(await target.next()).toMatchObject({ type: "SIGNAL_OFFER", uuid: signal });
  }
}

function offer(target: string, number: number): Uint8Array<ArrayBuffer> {
  const signal = { target_client_id: target, signal_data: { sdp: `offer ${number}` } };
  return frame("SIGNAL_OFFER", signal, uuid(number));
}

function codeOf(answer: Seen | string): unknown {
  if (typeof answer === "string") return answer;
  return (answer.payload as { readonly error_code?: unknown }).error_code;
}

interface Both {
  readonly source: NodeClient;
  readonly target: NodeClient;
  readonly collector: Collector;
  /** The address of the Worker that calls hubs of this version. */
  door(hub: Version): string;
}

async function startBoth(worker: Version, hub: Version): Promise<Both> {
  const pubsub = await FakePubsubServer.start();
  onTestFinished(() => pubsub.stop());
  const collector = await pubsub.collect(TOPIC);
  const workerd = await startServices(worker, pubsub);
  const door = (version: Version): string => workerd.url(`to-${version}`);
  const source = await connect(door(hub), SOURCE);
  const target = await connect(door(other(hub)), TARGET);
  return { source, target, collector, door };
}

/** The objects of each version as one Worker, and in front of each the Worker whose calls are tested. */
async function startServices(worker: Version, pubsub: FakePubsubServer): Promise<Workerd> {
  const vars = varsFor(pubsub);
  const objects = (version: Version) => ({
    name: version,
    vars,
    foreignObjects: {
      HUB: { service: other(version), className: "HubObject" },
      LEDGER: { service: other(version), className: "LedgerObject" },
    },
  });
  const door = (version: Version) => ({
    name: `to-${version}`,
    vars,
    objects: {},
    foreignObjects: {
      HUB: { service: version, className: "HubObject" },
      // The one to which hubs of this version report.
      LEDGER: { service: other(version), className: "LedgerObject" },
    },
  });
  const services = await Promise.all([
    ...VERSIONS.map((version) => serviceOf(version, objects(version))),
    ...VERSIONS.map((version) => serviceOf(worker, door(version))),
  ]);
  return run(services, storageFolder(), () => {});
}

async function connect(url: string, id: string): Promise<NodeClient> {
  const protocols = ["signal-manager", `bearer.${await tokenOf(id)}`];
  const client = await NodeClient.open(`${url}?client_id=${id}`, protocols);
  await client.expectAck(frame("CONNECT", { client_id: id, capabilities: ["ack"] }, uuid(0)));
  return client;
}

function other(version: Version): Version {
  return version === "today" ? "baseline" : "today";
}
