/** One storage under both versions, in turns, as a deploy and its rollback have it: what one wrote, the other continues. */
import { describe, expect, it } from "vitest";
import { frame, uuid } from "../support/frames.ts";
import { dataOf, expectOrder, expectPairs, ofType } from "../support/received-events.ts";
import { counted, type Scraped } from "../support/scrape.ts";
import { History, REFUSED, untilMetric } from "./support/history.ts";
import { ask, idIn, scrape, whyNoBaseline, type Version } from "./support/services.ts";

/** Connected when their version is killed. Each has a hub of its own. */
const RESIDENTS = ["h0of3", "h1of3", "h2of3"].map((hub) => idIn(hub, "resident"));

/** Connects in the last moment of its version. Its hub's next alarm is two seconds away then. */
const LATECOMER = idIn("h2of3", "latecomer");

/** Metrics by the name that one version has and the other does not: the first is the baseline's, the second today's. */
const RENAMED: readonly (readonly [baseline: string, today: string])[] = [
  ["signal_manager_messages_total", "signal_manager_frames_total"],
  ["signal_manager_signals_routed_total", "signal_manager_signals_delivered_total"],
  ["signal_manager_upgrades_total{outcome", "signal_manager_upgrades_total{status"],
];

/** Series of which the baseline knows nothing. */
const ADDED: readonly string[] = [
  "signal_manager_object_calls_failed_total",
  'signal_manager_publish_requests_total{outcome="blocked"}',
];

const LOST = 'signal_manager_sessions_ended_total{reason="lost"}';
const PARKED = "signal_manager_events_parked";
const QUEUED = "signal_manager_events_queued";
const RETRIED = 'signal_manager_publish_requests_total{outcome="retried"}';

/** What a version leaves in the storage, besides what it wrote there. */
interface Left {
  readonly metrics: Scraped;
  /** Clients that were connected. */
  readonly live: readonly string[];
}

describe.skipIf(whyNoBaseline() !== null)("a storage under two versions", () => {
  it.each<readonly Version[]>([
    ["baseline", "today", "baseline"],
    ["today", "baseline", "today"],
  ])(
    "[SE5] keeps its sessions, events and counters when %s is killed, %s goes on, is killed, and %s goes on",
    async (...versions) => {
      const history = await History.begin();
      let left: Left | null = null;
      for (const version of versions) left = await liveAs(history, version, left);
      await expectNothingLost(history, left?.live.length ?? 0);
    },
  );
});

/** One version from its start to its SIGKILL, with clients, and with events that Pub/Sub takes, refuses and misses. */
async function liveAs(history: History, version: Version, before: Left | null): Promise<Left> {
  const workerd = await history.start(version);
  const url = workerd.url("main");
  if (before !== null) await continueFrom(history, url, version, before);

  const clients = await Promise.all(RESIDENTS.map((id) => history.connect(url, id)));
  await expectSignals(clients);
  await history.visit(url, REFUSED);
  await untilMetric(url, PARKED, (parked) => parked === 2);
  const { sessions } = history;
  await history.receives((all) => ofType(all, "client.connected").length >= sessions - 1);

  await history.pubsubGoesAway();
  const retried = (await scrape(url)).get(RETRIED) ?? 0;
  await history.visit(url, idIn("h0of3", "visitor"));
  await untilMetric(url, QUEUED, (queued) => queued === 2);
  await untilMetric(url, RETRIED, (times) => times > retried);
  const metrics = await scrape(url);
  await history.connect(url, LATECOMER);
  await workerd.end("SIGKILL");
  return { metrics, live: [...RESIDENTS, LATECOMER] };
}

/** What the previous version left is there: its counters, its sessions, its queued and its parked events. */
async function continueFrom(
  history: History,
  url: string,
  version: Version,
  before: Left,
): Promise<void> {
  await history.pubsubComesBack();
  const metrics = await scrape(url);
  for (const [series, value] of counted(before.metrics)) {
    const name = nameIn(metrics, series);
    // The baseline does not know today's names: after a rollback these counters start at zero, and come back with today.
    const isNew = name !== series || ADDED.some((added) => series.startsWith(added));
    if (version === "baseline" && isNew) continue;
    expect(metrics.get(name), series).toBeGreaterThanOrEqual(value);
  }
  // A client that connects makes its hub end what it lost; the hub to which nobody comes has its alarm.
  await history.visit(url, RESIDENTS[0] ?? "");
  await history.visit(url, RESIDENTS[1] ?? "");
  const lostBefore = before.metrics.get(LOST) ?? 0;
  await untilMetric(url, LOST, (lost) => lost === lostBefore + before.live.length);
  await untilMetric(url, QUEUED, (queued) => queued === 0);

  await untilMetric(url, PARKED, (parked) => parked === 2);
  history.refuses(false);
  expect(await ask(url, "POST", "/admin/events/retry", {})).toMatchObject({ status: 200 });
  await untilMetric(url, PARKED, (parked) => parked === 0);
  await untilMetric(url, QUEUED, (queued) => queued === 0);
  history.refuses(true);
}

/** The name of a series in the other version. */
function nameIn(metrics: Scraped, series: string): string {
  for (const names of RENAMED) {
    for (const [from, to] of [names, names.toReversed()]) {
      if (from !== undefined && to !== undefined && series.startsWith(from)) {
        const name = to + series.slice(from.length);
        if (metrics.has(name)) return name;
      }
    }
  }
  return series;
}

/** Each resident signals the next one, which lives in another hub. */
async function expectSignals(clients: readonly Awaited<ReturnType<History["connect"]>>[]) {
  for (const [at, client] of clients.entries()) {
    const next = (at + 1) % clients.length;
    const signal = { target_client_id: RESIDENTS[next], signal_data: `from ${at}` };
    client.send(frame("SIGNAL_OFFER", signal, uuid(at + 1)));
    expect(await clients[next]?.next()).toMatchObject({
      type: "SIGNAL_OFFER",
      uuid: uuid(at + 1),
      payload: { source_client_id: RESIDENTS[at], signal_data: `from ${at}` },
    });
  }
}

/** Of all that happened under all versions. `live`: sessions that were live when the last one was killed. */
async function expectNothingLost(history: History, live: number): Promise<void> {
  // The last version left events in the queue, and lost sessions: it ends them in one more life.
  const workerd = await history.start("today");
  const url = workerd.url("main");
  await history.pubsubComesBack();
  history.refuses(false);
  expect(await ask(url, "POST", "/admin/events/retry", {})).toMatchObject({ status: 200 });
  for (const id of RESIDENTS) await history.visit(url, id);
  const { sessions } = history;
  await history.receives((all) => all.length >= 2 * sessions);

  const { received } = history;
  expectPairs(received, sessions);
  const ids = received.map(({ attributes }) => attributes["ce-id"] ?? "");
  expect(new Set(ids).size).toBe(ids.length);
  // An event that was refused and asked for again comes after its followers.
  expectOrder(received.filter(({ attributes }) => attributes["client_id"] !== REFUSED));
  const lost = ofType(received, "client.disconnected").filter(
    (message) => dataOf(message)["reason"] === "lost",
  );
  expect(lost).toHaveLength(3 * live);
  expectLogged(history);
}

/**
 * The log has each event once, except those of the latecomers: their version was killed while it wrote them, between the
 * line and the row.
 */
function expectLogged({ logged, received }: History): void {
  const idsOf = (isLate: boolean): string[] =>
    received
      .filter(({ attributes }) => (attributes["client_id"] === LATECOMER) === isLate)
      .map(({ attributes }) => attributes["ce-id"] ?? "");
  const late = new Set(idsOf(true));
  expect(logged.filter((id) => !late.has(id)).toSorted()).toEqual(idsOf(false).toSorted());
}
