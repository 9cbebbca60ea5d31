/** A call from one hub to another that fails: the answers to the sources, the signals of others, and the calls that follow. */
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { hubNameOf } from "../../src/hub/placement.ts";
import { HubObject } from "../../src/worker/hub-object.ts";
import { error, expectAnswers, expectNothing, signalTo } from "../behaviour/steps.ts";
import type { Peer, World } from "../behaviour/world.ts";
import { clientId } from "../support/client-ids.ts";
import { concat, frame, uuid, type Seen } from "../support/frames.ts";
import { HUBS, WorkerWorld } from "../support/worker-world.ts";

const hubOf = (id: string) => hubNameOf(clientId(id), HUBS);

async function connectAcked(world: World, client_id: string): Promise<Peer> {
  const peer = await world.openAs(client_id);
  const hello = frame("CONNECT", { client_id, capabilities: ["ack"] });
  await expectAnswers(peer, hello, [{ type: "CONNECT_ACK" }]);
  return peer;
}

/** Makes the next call to bob's hub fail on the other side. Returns a function that counts the calls to that hub. */
function failOnce(): () => number {
  const { deliver } = HubObject.prototype;
  let calls = 0;
  vi.spyOn(HubObject.prototype, "deliver").mockImplementation(function failing(
    this: HubObject,
    signals,
  ) {
    if (!signals.some(({ target }) => target === "bob")) return deliver.call(this, signals);
    calls += 1;
    if (calls === 1) throw new Error("reset");
    return deliver.call(this, signals);
  });
  return () => calls;
}

// With one hub there is no other hub to call.
describe.runIf(HUBS !== 1).each([
  { name: "between hubs that stay awake", evicts: false },
  { name: "between hubs that are evicted before every event", evicts: true },
])("$name,", ({ evicts }) => {
  let world: WorkerWorld;
  beforeEach(() => {
    world = new WorkerWorld({ evicts });
  });
  afterEach(() => world.dispose());

  it("[SI10] [SI11] A call that fails answers 503 for its own signals alone, and the next call is delivered", async () => {
    expect(new Set(["alice", "bob", "carol"].map(hubOf)).size).toBe(3);
    const warn = vi.spyOn(console, "warn").mockImplementation(() => {});
    const alice = await connectAcked(world, "alice");
    const [bob, carol] = [await connectAcked(world, "bob"), await connectAcked(world, "carol")];
    const calls = failOnce();
    const targets = ["bob", "carol", "bob", "alice"];
    await alice.send(concat(...targets.map((id, n) => signalTo(id, n, uuid(n + 1)))));
    const answers = new Map<string, Seen[]>();
    // One answer for each signal, and alice's signal to herself.
    for (let n = 0; n < targets.length + 1; n += 1) {
      const answer = await alice.next();
      if (typeof answer === "string") throw new Error(answer);
      answers.set(answer.uuid, [...(answers.get(answer.uuid) ?? []), answer]);
    }
    const refused = { target_client_id: "bob", retry_after_ms: 1000 };
    expect(answers.get(uuid(1))).toMatchObject([error(503, uuid(1), refused)]);
    expect(answers.get(uuid(2))).toMatchObject([{ type: "SIGNAL_ACK" }]);
    expect(answers.get(uuid(3))).toMatchObject([error(503, uuid(3), refused)]);
    expect(answers.get(uuid(4))).toMatchObject([{ type: "SIGNAL_OFFER" }, { type: "SIGNAL_ACK" }]);
    expect(await carol.next()).toMatchObject({ uuid: uuid(2), payload: { signal_data: 1 } });
    expect(warn.mock.calls.map(([line]) => JSON.parse(line))).toMatchObject([
      { event: "deliver.failed", hub: hubOf("bob"), error: "Error: reset" },
    ]);

    await alice.send(signalTo("bob", "again", uuid(5)));
    expect(await alice.next()).toMatchObject({ type: "SIGNAL_ACK", uuid: uuid(5) });
    expect(await bob.next()).toMatchObject({ uuid: uuid(5), payload: { signal_data: "again" } });
    expect(calls()).toBe(2);
    for (const peer of [alice, bob, carol]) await expectNothing(peer);
  });

  it("[SI11] [SE5] A call whose hub dies answers 503, and the next call reaches the hub that was started in its place", async () => {
    vi.spyOn(console, "warn").mockImplementation(() => {});
    const alice = await connectAcked(world, "alice");
    const bob = await connectAcked(world, "bob");
    const { deliver } = HubObject.prototype;
    const dying = vi.spyOn(HubObject.prototype, "deliver").mockImplementation(function dying(
      this: HubObject,
    ) {
      // The types protect `ctx`, since only the object itself should abort itself.
      (this as unknown as { ctx: DurableObjectState }).ctx.abort("reset");
      return new Promise(() => {});
    });
    await expectAnswers(alice, signalTo("bob", 1), [error(503)]);
    expect(await bob.closed).toBe(1006);
    dying.mockImplementation(function alive(this: HubObject, signals) {
      return deliver.call(this, signals);
    });
    const again = await connectAcked(world, "bob");
    await expectAnswers(alice, signalTo("bob", 2, uuid(2)), [{ type: "SIGNAL_ACK" }]);
    expect(await again.next()).toMatchObject({ uuid: uuid(2) });
  });
});
