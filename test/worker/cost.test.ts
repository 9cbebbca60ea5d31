/** The row counts of bench/cost against the real objects: what SQLite reports, and the alarms that are set. */
import { evictDurableObject, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import {
  EMPTY_HUB_BYTES,
  NEW_HUB_ROWS,
  rowsReadBySweep,
  rowsReadByWake,
  STEPS,
} from "../../bench/cost/writes.ts";
import { connect, signalTo } from "../behaviour/steps.ts";
import { clientId } from "../support/client-ids.ts";
import { frame } from "../support/frames.ts";
import { WorkerWorld } from "../support/worker-world.ts";

interface Statement {
  readonly isHub: boolean;
  readonly query: string;
  readonly bindings: readonly unknown[];
  readonly cursor: SqlStorageCursor<Record<string, SqlStorageValue>>;
}

/** Records what every object of this isolate asks of its storage. */
class StorageMeter {
  readonly #hub: DurableObjectStorage;
  #statements: Statement[] = [];
  #hubAlarms = 0;

  constructor(storage: DurableObjectStorage) {
    this.#hub = storage;
    const record = (statement: Statement) => this.#statements.push(statement);
    const sqlPrototype: SqlStorage = Object.getPrototypeOf(storage.sql);
    const { exec } = sqlPrototype;
    const isHub = (sql: SqlStorage) => sql === storage.sql;
    vi.spyOn(sqlPrototype, "exec").mockImplementation(function spied(
      this: SqlStorage,
      query,
      ...bindings
    ) {
      const cursor = exec.call(this, query, ...bindings);
      record({ isHub: isHub(this), query, bindings, cursor });
      // The spy has lost the type parameter of `exec`.
      return cursor as never;
    });
    const storagePrototype: DurableObjectStorage = Object.getPrototypeOf(storage);
    const { setAlarm } = storagePrototype;
    const countAlarm = (set: DurableObjectStorage) => {
      if (set === this.#hub) this.#hubAlarms += 1;
    };
    vi.spyOn(storagePrototype, "setAlarm").mockImplementation(function spied(
      this: DurableObjectStorage,
      atMs,
    ) {
      countAlarm(this);
      return setAlarm.call(this, atMs);
    });
  }

  /** What was asked since the last call, without the reports of the Worker's own counts. */
  take() {
    const statements = this.#withoutWorkersReports();
    const ofHub = statements.filter(({ isHub }) => isHub);
    const ofLedger = statements.filter(({ isHub }) => !isHub);
    const taken = {
      hubRows: written(ofHub),
      hubAlarmRows: this.#hubAlarms,
      ledgerRows: written(ofLedger),
      reports: ofLedger.filter(isProgress).length,
      rowsWritten: written(statements),
      rowsRead: statements.reduce((total, { cursor }) => total + cursor.rowsRead, 0),
    };
    this.#statements = [];
    this.#hubAlarms = 0;
    return taken;
  }

  hasAsked(start: string): boolean {
    return this.#statements.some(({ query }) => query.trim().startsWith(start));
  }

  /** A report of the Worker writes the cursor of its outbox, named `worker…`, and the counters, in one transaction. */
  #withoutWorkersReports(): Statement[] {
    let isWorkers = false;
    return this.#statements.filter((statement) => {
      if (isProgress(statement)) isWorkers = statement.bindings[0] === "worker";
      if (!isWorkers) return true;
      if (statement.query.includes("INTO state")) isWorkers = false;
      return false;
    });
  }
}

function isProgress({ query }: Statement): boolean {
  return query.includes("INTO outboxes");
}

function written(statements: readonly Statement[]): number {
  return statements.reduce((total, { cursor }) => total + cursor.rowsWritten, 0);
}

let world: WorkerWorld;
let meter: StorageMeter;

beforeEach(async () => {
  world = new WorkerWorld({ evicts: false });
  // After this session the hub and the Ledger have their tables and nothing else.
  const zoe = await connect(world, "zoe");
  await zoe.close(1000);
  await world.advance(60_000);
  meter = await runInDurableObject(hub(), (_hub, { storage }) => new StorageMeter(storage));
});
afterEach(() => world.dispose());

function hub() {
  return env.HUB.getByName("main");
}

/** Resolves when the Ledger has taken the report of an event, and the hub has emptied its outbox. */
async function reported(): Promise<void> {
  await vi.waitUntil(() => meter.hasAsked("DELETE FROM outbox"));
}

/** The model's numbers for a step, without their reason. */
function modelled(step: keyof typeof STEPS) {
  const { why: _, ...numbers } = STEPS[step];
  return numbers;
}

it("A session writes the rows of the model when it begins, when its connect alarm fires, and when it ends", async () => {
  const alice = await connect(world, "alice");
  await reported();
  expect(meter.take()).toMatchObject(modelled("connect"));
  await world.advance(10_000);
  expect(meter.take()).toMatchObject(modelled("afterConnect"));
  await alice.close(1000);
  await reported();
  expect(meter.take()).toMatchObject(modelled("end"));
});

it("Signals set one alarm whatever their number, and one report carries their counts", async () => {
  const [alice, bob] = [await connect(world, "alice"), await connect(world, "bob")];
  await vi.waitUntil(() => meter.hasAsked("DELETE FROM outbox"));
  await world.advance(10_000);
  meter.take();
  for (const data of [1, 2, 3]) {
    await alice.send(signalTo("bob", data));
    await bob.next();
  }
  expect(meter.take()).toMatchObject(modelled("activity"));
  await world.advance(5000);
  expect(meter.take()).toMatchObject(modelled("afterActivity"));
});

it("A sweep with nothing to report writes its next alarm and reads every session, and so does a wake", async () => {
  const devices = ["alice", "bob", "carol"];
  const peers = await Promise.all(devices.map((name) => connect(world, name)));
  await world.advance(60_000);
  for (const peer of peers) {
    await peer.send(frame("HEARTBEAT", ""));
    await peer.next();
  }
  // The counts are reported now, so that the next sweep has nothing to report.
  await world.advance(5000);
  meter.take();
  await world.advance(25_000);
  const sweep = meter.take();
  expect(sweep).toMatchObject(modelled("sweep"));
  expect(sweep.rowsRead).toBe(rowsReadBySweep(devices.length));
  await evictDurableObject(hub());
  await hub().inform(clientId("nobody"));
  expect(meter.take().rowsRead).toBe(rowsReadByWake(devices.length));
});

it("A hub to which no client ever came writes nothing, whatever it is asked", async () => {
  const invented = env.HUB.getByName("invented");
  const target = clientId("nobody");
  const signal = {
    source: clientId("alice"),
    target,
    messageType: 0x10,
    frame: new Uint8Array(21),
  };
  expect(await invented.inform(target)).toBeNull();
  expect(await invented.kick(target)).toBe(false);
  expect(await invented.deliver([signal])).toEqual(["signal.absent"]);
  expect(meter.take().rowsWritten).toBe(0);
});

it("A hub writes its tables once, when its first client comes, and keeps them", async () => {
  const another = env.HUB.getByName("another");
  await runInDurableObject(another, (object) => object.alarm());
  const { rowsWritten } = meter.take();
  expect(rowsWritten).toBeGreaterThan(0);
  expect(rowsWritten).toBeLessThanOrEqual(NEW_HUB_ROWS);
  await runInDurableObject(another, async (_hub, { storage }) => {
    // The platform stores the alarm in a table of its own.
    await storage.setAlarm(Date.now() + 60_000);
    expect(storage.sql.databaseSize).toBe(EMPTY_HUB_BYTES);
    await storage.deleteAlarm();
  });
});
