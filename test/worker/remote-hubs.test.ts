/** Calls to other hubs: their stubs, their limits, and what a sender is told when they fail. */
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import type { ForwardedSignal } from "../../src/hub/ports.ts";
import { RpcRemoteHubs, type SignalStub } from "../../src/worker/remote-hubs.ts";
import { clientId } from "../support/client-ids.ts";

beforeEach(() => void vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] }));
afterEach(() => void vi.useRealTimers());

function signal(bytes = 100): ForwardedSignal {
  const frame = new Uint8Array(bytes);
  return { source: clientId("alice"), target: clientId("bob"), messageType: 0x10, frame };
}

/** Other hubs whose every stub answers as it is told. */
function hubs(answer: (stub: number) => ReturnType<SignalStub["deliver"]>) {
  const failures: unknown[] = [];
  let stubs = 0;
  const others = new RpcRemoteHubs({
    self: "h0of7",
    hubs: 7,
    call: () => {
      stubs += 1;
      const stub = stubs;
      return { deliver: () => answer(stub) };
    },
    failed: (hub, error) => failures.push([hub, String(error)]),
  });
  return { others, failures, stubs: () => stubs };
}

it("[SI11] says which hub owns an id, and that this one does", () => {
  const { others } = hubs(async () => []);
  expect(others.hubOf(clientId("alice"))).toBe("h6of7");
  const own = new RpcRemoteHubs({
    self: "h6of7",
    hubs: 7,
    call: () => ({ deliver: async () => [] }),
    failed: () => {},
  });
  expect(own.hubOf(clientId("alice"))).toBeNull();
});

it("[SI11] answers 503 for every signal of a call that fails, and takes another stub for the next", async () => {
  const { others, failures, stubs } = hubs(async (stub) => {
    if (stub === 1) throw new Error("reset");
    return [null];
  });
  expect(await others.deliver("h1of7", [signal(), signal()])).toEqual([
    "signal.unreachable",
    "signal.unreachable",
  ]);
  expect(failures).toEqual([["h1of7", "Error: reset"]]);
  expect(await others.deliver("h1of7", [signal()])).toEqual([null]);
  expect(stubs()).toBe(2);
});

it("[SI11] answers 503 for a call that is not answered in five seconds", async () => {
  const { others, failures } = hubs(() => new Promise(() => {}));
  const answer = others.deliver("h1of7", [signal()]);
  await vi.advanceTimersByTimeAsync(4999);
  expect(failures).toEqual([]);
  await vi.advanceTimersByTimeAsync(1);
  expect(await answer).toEqual(["signal.unreachable"]);
});

it("keeps one stub a hub, so that calls arrive in order, and no timer of a call that was answered", async () => {
  const answers: ((outcome: null[]) => void)[] = [];
  const { others, stubs } = hubs(() => new Promise((resolve) => answers.push(resolve)));
  const [first, second] = [
    others.deliver("h1of7", [signal()]),
    others.deliver("h1of7", [signal()]),
  ];
  expect(stubs()).toBe(1);
  for (const answer of answers) answer([null]);
  await Promise.all([first, second]);
  void others.deliver("h1of7", [signal()]);
  expect(stubs()).toBe(1);
  expect(vi.getTimerCount()).toBe(1);
});

it("lets no more than 8 MiB be under way to one hub, and tells the sender at once", async () => {
  const { others } = hubs(() => new Promise(() => {}));
  const mebibyte = Array.from({ length: 16 }, () => signal(65_536));
  for (let n = 0; n < 8; n += 1) void others.deliver("h1of7", mebibyte);
  expect(await others.deliver("h1of7", [signal(1)])).toEqual(["signal.unreachable"]);
  void others.deliver("h2of7", mebibyte);
  expect(vi.getTimerCount()).toBe(9);
});

it("keeps stubs of a thousand hubs, and lets those go that are idle", async () => {
  const { others, stubs } = hubs(async () => [null]);
  for (let n = 0; n < 1024; n += 1) await others.deliver(`client:${n}`, [signal()]);
  await others.deliver("client:0", [signal()]);
  expect(stubs()).toBe(1024);
  await others.deliver("client:1024", [signal()]);
  await others.deliver("client:0", [signal()]);
  expect(stubs()).toBe(1026);
});
