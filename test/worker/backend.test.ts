/** A backend's signal whose hub does not answer: the backend learns the outcome all the same, and so do the counts. */
import { createExecutionContext, waitOnExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, expect, it, vi } from "vitest";
import { createBackend } from "../../src/worker/admin/backend.ts";
import { servicesOf } from "../../src/worker/services.ts";
import { clientId } from "../support/client-ids.ts";
import type { TakenEvent } from "../support/worker-world.ts";

afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

const SIGNAL = {
  source: null,
  target: clientId("bob"),
  messageType: "SIGNAL_OFFER",
  data: "v=0",
} as const;

/** A service whose hubs answer signals so, and the events that it told. */
function serviceWith(deliver: () => Promise<never>) {
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

it("is refused as out of reach where the hub fails, and told as undelivered", async () => {
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

it("is refused as out of reach where the hub does not answer in time", async () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  const { send } = serviceWith(() => new Promise(() => {}));
  const outcome = send(SIGNAL);
  await vi.advanceTimersByTimeAsync(5000);
  expect(await outcome).toEqual({ outcome: "refused", fault: "signal.unreachable" });
});
