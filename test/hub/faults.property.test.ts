/**
 * The promises of the hubs while the world around them fails: connections break, clients vanish, hubs are evicted and reset,
 * calls between hubs fail before, during and after their effect. `TEST_SEED` replays a failure.
 */
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Hubs } from "../../src/hub/placement.ts";
import { success } from "../../src/protocol/result.ts";
import { PlainWorld, type PlainPeer } from "../behaviour/plain-world.ts";
import { signalTo } from "../behaviour/steps.ts";
import { IDEAL_NETWORK, type NetworkSettings } from "../kernel/network.ts";
import { replayable, seedOfThisRun } from "../kernel/seed.ts";
import { concat, frame, uuid, type Seen } from "../support/frames.ts";

const CLIENTS = ["alice", "bob", "carol", "dave"];

const STORMY: NetworkSettings = {
  latencyMs: [1, 20],
  connectionLoss: 0.01,
  callFaults: { before: 0.05, during: 0.05, after: 0.05 },
};

const client = fc.constantFrom(...CLIENTS);

const step = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant("connect" as const), id: client }) },
  {
    weight: 8,
    arbitrary: fc.record({
      kind: fc.constant("signal" as const),
      id: client,
      targets: fc.array(client, { minLength: 1, maxLength: 4 }),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constantFrom("close" as const, "die", "vanish", "evict", "reset"),
      id: client,
    }),
  },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant("wait" as const), ms: fc.nat(60) }) },
);

type Step = typeof step extends fc.Arbitrary<infer Value> ? Value : never;

interface SentSignal {
  readonly uuid: string;
  readonly target: string;
}

/** One connection of a client, and what it sent. */
interface Attempt {
  readonly id: string;
  readonly peer: PlainPeer;
  readonly sent: SentSignal[];
}

/** A world in which a verification takes time, but no cryptography: the seed decides everything. */
function newWorld(seed: number, hubs: Hubs, evicts: boolean): PlainWorld {
  const world: PlainWorld = new PlainWorld({
    evicts,
    hubs,
    kernel: { seed, network: STORMY },
    delay: () => new Promise((resolve) => world.kernel.clock.after(5, resolve)),
    authenticate: async ({ clientId }) => {
      if (clientId === null) throw new Error("every CONNECT names its client");
      return success({ clientId, targets: null, expiresAtMs: null });
    },
  });
  return world;
}

/** The steps as they happen, and then rest: nothing fails any more, and what is on its way arrives. */
async function live(world: PlainWorld, steps: readonly Step[]): Promise<Attempt[]> {
  const attempts: Attempt[] = [];
  let signals = 0;
  for (const now of steps) {
    if (now.kind === "wait") {
      await world.kernel.clock.flow(now.ms);
      continue;
    }
    const { id } = now;
    const latest = attempts.findLast((attempt) => attempt.id === id);
    switch (now.kind) {
      case "connect":
        attempts.push(await connect(world, id));
        break;
      case "signal": {
        if (latest === undefined) break;
        const sent = now.targets.map((target) => ({ uuid: uuid((signals += 1)), target }));
        latest.sent.push(...sent);
        const message = concat(...sent.map((each) => signalTo(each.target, 1, each.uuid)));
        void latest.peer.connection.client.send(message);
        break;
      }
      case "close":
        latest?.peer.connection.client.close(1000);
        break;
      case "die":
        latest?.peer.connection.client.drop();
        break;
      case "vanish":
        latest?.peer.connection.client.vanish();
        break;
      case "evict":
        world.hubOf(id).evict();
        break;
      case "reset":
        world.hubOf(id).reset();
        break;
    }
  }
  world.kernel.network.settings = IDEAL_NETWORK;
  await world.kernel.clock.flow(1000);
  return attempts;
}

async function connect(world: PlainWorld, id: string): Promise<Attempt> {
  const peer = await world.open(id);
  void peer.closed.then((code) => peer.connection.client.close(code));
  const hello = { client_id: id, auth_token: "a token", capabilities: ["ack"] };
  void peer.connection.client.send(frame("CONNECT", hello));
  return { id, peer, sent: [] };
}

function framesOf({ peer }: Attempt): Seen[] {
  return peer.received.filter((each) => typeof each !== "string");
}

function isAlive({ peer }: Attempt): boolean {
  return peer.connection.client.canSend;
}

/** Each signal has one answer, or none if its source's connection was lost; and the answer is true. */
function expectOutcomes(attempts: readonly Attempt[]): void {
  for (const attempt of attempts) {
    for (const { uuid: id, target } of attempt.sent) {
      const answers = framesOf(attempt).filter(
        ({ type, uuid: of }) => of === id && (type === "SIGNAL_ACK" || type === "ERROR"),
      );
      const targets = attempts.filter((other) => other.id === target);
      const arrivals = targets.flatMap((other) =>
        framesOf(other).filter(({ type, uuid: of }) => of === id && type === "SIGNAL_OFFER"),
      );
      expect(answers.length).toBeLessThanOrEqual(1);
      if (isAlive(attempt)) expect({ id, answers }).toMatchObject({ answers: [expect.anything()] });
      expect(arrivals.length).toBeLessThanOrEqual(1);
      const [answer] = answers;
      if (answer?.type === "SIGNAL_ACK" && targets.every(isAlive)) expect(arrivals).toHaveLength(1);
      if (answer?.type === "ERROR" && codeOf(answer) === 404) expect(arrivals).toEqual([]);
    }
  }
}

function codeOf({ payload }: Seen): unknown {
  // The hub answers JSON in JSON, and every signal here is JSON.
  return (payload as { error_code: number }).error_code;
}

/** What one connection sent to one target arrived in its order. */
function expectOrder(attempts: readonly Attempt[]): void {
  for (const attempt of attempts) {
    for (const other of attempts) {
      const own = new Set(attempt.sent.map((sent) => sent.uuid));
      const arrived = framesOf(other)
        .filter(({ type, uuid: id }) => type === "SIGNAL_OFFER" && own.has(id))
        .map(({ uuid: id }) => id);
      expect(arrived).toEqual(arrived.toSorted());
    }
  }
}

/** Every session that began has ended, once and after its beginning. */
function expectPairs(world: PlainWorld): void {
  const begun = new Set<string>();
  const ended = new Set<string>();
  for (const event of world.events) {
    if (event.event === "session.begun") {
      expect(begun).not.toContain(event.session.id);
      begun.add(event.session.id);
    } else if (event.event === "session.ended") {
      expect(begun).toContain(event.sessionId);
      expect(ended).not.toContain(event.sessionId);
      ended.add(event.sessionId);
    }
  }
  expect(ended).toEqual(begun);
}

describe.each(
  ([1, 7, "per-client"] as const).flatMap((hubs) => [
    { name: `${hubs} hub(s) that stay awake`, hubs, evicts: false },
    { name: `${hubs} hub(s) that are evicted before every event`, hubs, evicts: true },
  ]),
)("$name", ({ hubs, evicts }) => {
  it("[SI6] [SI9] [SI10] [SI11] [SE5] give each signal one true answer, keep the order, and begin and end each session once, whatever fails", async () => {
    await replayable(seedOfThisRun(), (seed) =>
      fc.assert(
        fc.asyncProperty(
          fc.nat(),
          fc.array(step, { maxLength: 40, size: "max" }),
          async (ofWorld, steps) => {
            const world = newWorld(ofWorld, hubs, evicts);
            const attempts = await live(world, steps);
            expectOutcomes(attempts);
            expectOrder(attempts);
            await world.kernel.clock.flow(600_000);
            expectPairs(world);
            expect(world.failures).toEqual([]);
          },
        ),
        { seed, numRuns: 100 },
      ),
    );
  });
});

it("The hubs leave the same trace for the same seed, byte for byte, and another trace for another seed", async () => {
  const [steps = []] = fc.sample(fc.array(step, { minLength: 40, maxLength: 60, size: "max" }), {
    seed: 1,
    numRuns: 1,
  });
  const traceOf = async (seed: number) => {
    const world = newWorld(seed, "per-client", true);
    await live(world, steps);
    return world.kernel.trace.text;
  };
  const trace = await traceOf(7);
  expect(trace.split("\n").length).toBeGreaterThan(20);
  expect(await traceOf(7)).toBe(trace);
  expect(await traceOf(8)).not.toBe(trace);
});
