/** The events of hubs, through the real objects: exactly one beginning and one end per session, whatever happens. */
import { evictDurableObject, runInDurableObject } from "cloudflare:test";
import { env, exports } from "cloudflare:workers";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { connect, error, expectAnswers, expectNothing, signalTo } from "../behaviour/steps.ts";
import {
  FRAME_BURST,
  HEARTBEAT_INTERVAL_MS,
  MAX_MESSAGE_BYTES,
  WORLD_SETTINGS,
  type Peer,
  type TokenOptions,
} from "../behaviour/world.ts";
import { concat, frame } from "../support/frames.ts";
import { hubNameOf } from "../../src/hub/placement.ts";
import { MAX_LOST_FRAMINGS } from "../../src/protocol/limits.ts";
import { clientId } from "../support/client-ids.ts";
import { HUBS, WorkerWorld } from "../support/worker-world.ts";

/** The home of alice. */
const HUB = hubNameOf(clientId("alice"), HUBS);

const ADMIN = { authorization: `Bearer ${WORLD_SETTINGS.SIGNAL_MANAGER_ADMIN_TOKEN}` };

/** How long the hub accepts a token after it expired (SE3). */
const CLOCK_SKEW_MS = 30_000;

const HEARTBEAT = frame("HEARTBEAT", "");

function ledger() {
  return env.LEDGER.getByName("ledger-0");
}

function hub() {
  return env.HUB.getByName(HUB);
}

function ask(path: string, init: RequestInit = {}): Promise<Response> {
  return exports.default.fetch(new Request(`http://localhost${path}`, { headers: ADMIN, ...init }));
}

async function metric(series: string): Promise<number> {
  const text = await (await ask("/metrics")).text();
  const line = text.split("\n").find((known) => known.startsWith(`${series} `));
  return Number(line?.slice(series.length));
}

/** Waits until the hub's outbox holds this many events. */
async function expectRows(count: number): Promise<void> {
  await vi.waitUntil(async () => {
    const rows = await runInDurableObject(
      hub(),
      (_hub, state) => state.storage.sql.exec("SELECT * FROM outbox").toArray().length,
    );
    return rows === count;
  });
}

describe.each([
  { name: "objects that stay awake", evicts: false },
  { name: "a hub that is evicted before every event", evicts: true },
])("The events of $name", ({ evicts }) => {
  let world: WorkerWorld;
  beforeEach(() => {
    world = new WorkerWorld({ evicts });
  });
  afterEach(() => world.dispose());

  const emitted = (type: string) => world.events.filter((event) => event.type === type);

  type End = [reason: string, end: (alice: Peer) => Promise<unknown>, options?: TokenOptions];
  const ENDS: End[] = [
    ["disconnect", (alice) => alice.send(frame("DISCONNECT", {}))],
    ["closed", (alice) => alice.close(1000)],
    ["timed-out", () => world.advance(3 * HEARTBEAT_INTERVAL_MS)],
    ["replaced", () => connect(world, "alice")],
    ["expired", () => world.advance(40_000 + CLOCK_SKEW_MS), { expiresInSeconds: 40 }],
    ["kicked", () => ask("/admin/sessions/alice", { method: "DELETE" })],
    ["too-large", (alice) => alice.send(new Uint8Array(MAX_MESSAGE_BYTES + 1))],
    [
      "framing-lost",
      async (alice) => {
        for (let n = 0; n < MAX_LOST_FRAMINGS; n += 1) await alice.send(Uint8Array.of(0));
      },
    ],
    [
      "abuse",
      // A burst passes, a burst is refused, and the clock has been turned by then.
      (alice) => alice.send(concat(...Array<Uint8Array>(3 * FRAME_BURST).fill(HEARTBEAT))),
    ],
    [
      "lost",
      async () => {
        await world.reset();
        await world.advance(3 * HEARTBEAT_INTERVAL_MS);
      },
    ],
  ];

  it.each(ENDS)("are one beginning and one end per session: %s", async (reason, end, options) => {
    const alice = await connect(world, "alice", options);
    await expectNothing(alice);
    const [begun] = await vi.waitUntil(
      () => emitted("client.connected").length > 0 && world.events,
    );
    await end(alice);
    await vi.waitUntil(() => emitted("client.disconnected").length > 0);
    // An event that came twice would have come before the next session of the same hub, which is alice's again.
    await connect(world, "alice");
    const next = await hub().inform(clientId("alice"));
    await vi.waitUntil(() =>
      emitted("client.connected").some((event) => event["session_id"] === next?.sessionId),
    );
    const session_id = begun?.["session_id"];
    expect(world.events.filter((event) => event["session_id"] === session_id)).toMatchObject([
      { type: "client.connected", hub: HUB, client_id: "alice", session_id },
      {
        type: "client.disconnected",
        hub: HUB,
        client_id: "alice",
        session_id,
        reason,
        message_count: reason === "lost" ? null : expect.any(Number),
        duration_ms: expect.any(Number),
      },
    ]);
    expect(new Set(world.events.map(({ id }) => id)).size).toBe(world.events.length);
  });

  it("are kept while the Ledger cannot take them, and emitted once when it can", async () => {
    const broken =
      "CREATE TRIGGER broken BEFORE INSERT ON outboxes BEGIN SELECT RAISE(FAIL, 'disk full'); END";
    await metric("signal_manager_sessions");
    await runInDurableObject(ledger(), (_ledger, state) => void state.storage.sql.exec(broken));
    const alice = await connect(world, "alice");
    await alice.close(1000);
    await expectRows(2);
    expect(await metric("signal_manager_sessions")).toBe(0);
    world.events.length = 0;
    await runInDurableObject(
      ledger(),
      (_l, state) => void state.storage.sql.exec("DROP TRIGGER broken"),
    );
    await world.advance(60_000);
    await vi.waitUntil(() => emitted("client.disconnected").length > 0);
    expect(world.events.map(({ type }) => type)).toEqual([
      "client.connected",
      "client.disconnected",
    ]);
    await expectRows(0);
  });

  it("[SE6] do not hide the session from the admin API: its beginning, last activity and number of frames are read there", async () => {
    const connectedAt = new Date();
    const alice = await connect(world, "alice");
    await expectAnswers(alice, concat(HEARTBEAT, HEARTBEAT), [{}, {}]);
    world.pass(20_000);
    await expectNothing(alice);
    const lastActivity = new Date();
    world.pass(5_000);
    await evictDurableObject(hub());
    expect(await (await ask("/admin/sessions/alice")).json()).toEqual({
      client_id: "alice",
      session_id: expect.any(String),
      hub: HUB,
      connected_at: connectedAt.toISOString(),
      last_activity: lastActivity.toISOString(),
      message_count: 4,
    });
  });

  it("name the pair and the code of a signal that was not delivered, and the number of such signals", async () => {
    const alice = await connect(world, "alice");
    await expectAnswers(alice, signalTo("bob", 1), [error(404)]);
    await vi.waitUntil(() => emitted("signal.undelivered").length > 0);
    expect(emitted("signal.undelivered")).toMatchObject([
      {
        source_client_id: "alice",
        target_client_id: "bob",
        message_type: "SIGNAL_OFFER",
        error_code: 404,
        count: 1,
      },
    ]);
  });
});

describe("The Ledger", () => {
  let world: WorkerWorld;
  beforeEach(() => {
    world = new WorkerWorld({ evicts: false });
  });
  afterEach(() => world.dispose());

  const emitted = (type: string) => world.events.filter((event) => event.type === type);

  it("serves metrics and the list of sessions without waking a hub", async () => {
    await connect(world, "alice");
    await vi.waitUntil(async () => (await metric("signal_manager_sessions")) === 1);
    await evictDurableObject(hub());
    expect((await ask("/metrics")).status).toBe(200);
    const list = await (await ask("/admin/sessions")).json();
    expect(list).toMatchObject({ sessions: [{ client_id: "alice", hub: HUB }], next: null });
    // Only an object that runs can be evicted.
    await expect(evictDurableObject(hub())).rejects.toThrow("not currently running");
  });

  it("emits once a minute how often credentials were refused", async () => {
    const peer = await world.open();
    for (const auth_token of ["wrong", "still wrong"]) {
      await expectAnswers(peer, frame("CONNECT", { client_id: "alice", auth_token }), [error(401)]);
    }
    await world.advance(10_000);
    expect(emitted("client.auth_failed")).toEqual([]);
    await world.advance(60_000);
    await world.wakeLedger();
    expect(emitted("client.auth_failed")).toMatchObject([{ hub: HUB, count: 2 }]);
    await world.advance(60_000);
    await world.wakeLedger();
    expect(emitted("client.auth_failed")).toHaveLength(1);
  });

  it("keeps the counts of a hub while both sleep", async () => {
    // The hub keeps counts in memory until its alarm reports them, before the platform puts it to sleep.
    const [alice, bob] = [await connect(world, "alice"), await connect(world, "bob")];
    await alice.send(signalTo("bob", 1));
    await bob.next();
    await expectAnswers(alice, signalTo("nobody", 1), [error(404)]);
    await world.advance(5000);
    await bob.close(1000);
    await vi.waitUntil(async () => (await metric("signal_manager_sessions")) === 1);
    await evictDurableObject(hub());
    await evictDurableObject(ledger());
    const offers = 'signal_manager_frames_total{type="signal_offer"}';
    expect(await metric(offers)).toBe(2);
    expect(await metric('signal_manager_signals_delivered_total{type="signal_offer"}')).toBe(1);
    expect(await metric('signal_manager_signals_undelivered_total{code="404"}')).toBe(1);
    expect(await metric('signal_manager_errors_total{code="404"}')).toBe(1);
    expect(await metric('signal_manager_sessions_ended_total{reason="closed"}')).toBe(1);
    expect(await metric("signal_manager_session_duration_seconds_count")).toBe(1);
    expect(await metric("signal_manager_frame_bytes_count")).toBe(4);
  });
});
