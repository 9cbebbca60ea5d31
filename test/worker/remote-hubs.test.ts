/** Calls to other hubs: their stubs, their limits, and the outcome of signals when a call fails. */
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import type { ForwardedSignal, WireOutcome } from "../../src/hub/contract.ts";
import { RpcRemoteHubs, type HubStub } from "../../src/worker/remote-hubs.ts";
import { clientId } from "../support/client-ids.ts";

beforeEach(() => void vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] }));
afterEach(() => void vi.useRealTimers());

function signal(bytes = 100): ForwardedSignal {
  const frame = new Uint8Array(bytes);
  return { source: clientId("alice"), target: clientId("bob"), messageType: 0x10, frame };
}

/** Other hubs; `answer` says what each stub answers. */
function hubs(answer: (stub: number) => ReturnType<HubStub["deliver"]>) {
  const failures: unknown[] = [];
  let stubs = 0;
  const others = new RpcRemoteHubs({
    call: () => {
      stubs += 1;
      const stub = stubs;
      return { deliver: () => answer(stub) };
    },
    failed: (hub, error) => failures.push([hub, String(error)]),
  });
  return { others, failures, stubs: () => stubs };
}

it("[SI11] Every signal of a call that fails is unreachable, and the next call uses another stub", async () => {
  const { others, failures, stubs } = hubs(async (stub) => {
    if (stub === 1) throw new Error("reset");
    return ["delivered"];
  });
  expect(await others.deliver("h1of7", [signal(), signal()])).toEqual([
    "signal.unreachable",
    "signal.unreachable",
  ]);
  expect(failures).toEqual([["h1of7", "Error: reset"]]);
  expect(await others.deliver("h1of7", [signal()])).toEqual(["delivered"]);
  expect(stubs()).toBe(2);
});

it("[SI11] The signals of a call without an answer within five seconds are unreachable", async () => {
  const { others, failures } = hubs(() => new Promise(() => {}));
  const answer = others.deliver("h1of7", [signal()]);
  await vi.advanceTimersByTimeAsync(4999);
  expect(failures).toEqual([]);
  await vi.advanceTimersByTimeAsync(1);
  expect(await answer).toEqual(["signal.unreachable"]);
  expect(vi.getTimerCount()).toBe(0);
});

it("[SI9] One stub per hub keeps calls in order, and an answered call leaves no timer", async () => {
  const answers: ((outcomes: WireOutcome[]) => void)[] = [];
  const { others, stubs } = hubs(() => new Promise((resolve) => answers.push(resolve)));
  const [first, second] = [
    others.deliver("h1of7", [signal()]),
    others.deliver("h1of7", [signal()]),
  ];
  expect(stubs()).toBe(1);
  for (const answer of answers) answer(["delivered"]);
  await Promise.all([first, second]);
  void others.deliver("h1of7", [signal()]);
  expect(stubs()).toBe(1);
  expect(vi.getTimerCount()).toBe(1);
});

it("[SI11] A signal beyond 8 MiB under way to one hub is unreachable at once", async () => {
  const { others } = hubs(() => new Promise(() => {}));
  const mebibyte = Array.from({ length: 16 }, () => signal(65_536));
  for (let n = 0; n < 8; n += 1) void others.deliver("h1of7", mebibyte);
  expect(await others.deliver("h1of7", [signal(1)])).toEqual(["signal.unreachable"]);
  void others.deliver("h2of7", mebibyte);
  expect(vi.getTimerCount()).toBe(9);
});

it("The stubs of a thousand hubs are kept, and idle ones make room for others", async () => {
  const { others, stubs } = hubs(async () => ["delivered"]);
  for (let n = 0; n < 1024; n += 1) await others.deliver(`client:${n}`, [signal()]);
  await others.deliver("client:0", [signal()]);
  expect(stubs()).toBe(1024);
  await others.deliver("client:1024", [signal()]);
  await others.deliver("client:0", [signal()]);
  expect(stubs()).toBe(1026);
});

it("[SI11] A hub of the previous version, which answers null, has delivered the signal", async () => {
  const { others } = hubs(async () => [null, "signal.absent"]);
  expect(await others.deliver("h1of7", [signal(), signal()])).toEqual([
    "delivered",
    "signal.absent",
  ]);
});

it("[SI11] A call says the version of its contract", async () => {
  const deliver = vi.fn(async () => ["delivered" as const]);
  const others = new RpcRemoteHubs({ call: () => ({ deliver }), failed: () => {} });
  await others.deliver("h1of7", [signal()]);
  expect(deliver.mock.calls).toEqual([[[signal()], 2]]);
});
