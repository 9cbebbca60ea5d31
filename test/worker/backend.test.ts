/** Signals of a backend: the frame that the hub gets, and what happens where the hub does not answer. */
import { createExecutionContext, waitOnExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, expect, it, vi } from "vitest";
import type { ForwardedSignal } from "../../src/hub/contract.ts";
import { createBackend } from "../../src/worker/admin/backend.ts";
import { servicesOf } from "../../src/worker/services.ts";
import { clientId } from "../support/client-ids.ts";
import { seen } from "../support/frames.ts";
import type { TakenEvent } from "../support/worker-world.ts";

afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

const SIGNAL = {
  target_client_id: clientId("bob"),
  type: "offer",
  signal_data: "v=0",
} as const;

type Deliver = (signals: readonly ForwardedSignal[]) => Promise<readonly "delivered"[]>;

/** A service whose hubs answer signals with `deliver`, and the events that it emits. */
function serviceWith(deliver: Deliver) {
  const events: TakenEvent[] = [];
  vi.spyOn(console, "warn").mockImplementation(() => {});
  vi.spyOn(console, "info").mockImplementation((line: string) => {
    const fields = JSON.parse(line);
    if (fields.event === "event.emitted") events.push(fields);
  });
  const broken = { ...env, HUB: { getByName: () => ({ deliver }) } } as unknown as typeof env;
  const services = servicesOf(broken);
  if (!services.ok) throw new Error("the configuration is not valid");
  const ctx = createExecutionContext();
  const send = createBackend(broken, services.value, ctx);
  return { send, events, settled: () => waitOnExecutionContext(ctx) };
}

it.each([
  ["offer", "SIGNAL_OFFER", undefined, "backend"],
  ["answer", "SIGNAL_ANSWER", "server:1", "server:1"],
  ["ice-candidate", "SIGNAL_ICE_CANDIDATE", "zoë", "zoë"],
  ["ice_candidate", "SIGNAL_ICE_CANDIDATE", undefined, "backend"],
] as const)(
  "[SI2] A backend's %s is a frame %s that names its source and its target, as a client's is",
  async (type, name, source, stamped) => {
    const forwarded: ForwardedSignal[] = [];
    const { send } = serviceWith(async (signals) => {
      forwarded.push(...signals);
      return signals.map(() => "delivered");
    });
    const from = source === undefined ? {} : { source_client_id: clientId(source) };
    const sent = await send({ ...SIGNAL, ...from, type });
    const [signal] = forwarded;
    expect(signal).toMatchObject({ source: stamped, target: "bob" });
    const received = seen(signal?.frame ?? new Uint8Array());
    expect(sent).toEqual({ outcome: "delivered", uuid: received.uuid });
    expect(received).toMatchObject({
      type: name,
      payload: { source_client_id: stamped, target_client_id: "bob", signal_data: "v=0" },
    });
  },
);

it("[SI8] A backend's signal that does not fit a frame is refused before its hub is called", async () => {
  const { send, events, settled } = serviceWith(() => expect.unreachable("the hub was called"));
  const signal_data = "x".repeat(65_535);
  expect(await send({ ...SIGNAL, signal_data })).toEqual({
    outcome: "refused",
    fault: "signal.too-large",
  });
  await settled();
  expect(events).toMatchObject([{ type: "signal.undelivered", error_code: 413 }]);
});

it("[SI11] A backend's signal whose hub fails is refused as unreachable, and an event says that it was not delivered", async () => {
  const { send, events, settled } = serviceWith(() => Promise.reject(new Error("reset")));
  expect(await send(SIGNAL)).toEqual({ outcome: "refused", fault: "signal.unreachable" });
  await settled();
  expect(events).toMatchObject([
    {
      type: "signal.undelivered",
      source_client_id: "backend",
      target_client_id: "bob",
      error_code: 503,
      count: 1,
    },
  ]);
});

it("[SI11] A backend's signal whose hub does not answer in time is refused as unreachable", async () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  const { send } = serviceWith(() => new Promise(() => {}));
  const outcome = send(SIGNAL);
  await vi.advanceTimersByTimeAsync(5000);
  expect(await outcome).toEqual({ outcome: "refused", fault: "signal.unreachable" });
});
