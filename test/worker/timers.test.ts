/**
 * No timer survives the request that set it. An object with a pending timer does not sleep, and Cloudflare bills it until the
 * timer has fired.
 */
import {
  createExecutionContext,
  reset,
  runInDurableObject,
  waitOnExecutionContext,
} from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { REPORT_VERSION } from "../../src/ledger/contract.ts";
import { app } from "../../src/worker/app.ts";
import { LedgerObject } from "../../src/worker/ledger-object.ts";
import { RpcRemoteHubs } from "../../src/worker/remote-hubs.ts";
import { WORLD_SETTINGS } from "../behaviour/world.ts";
import { clientId } from "../support/client-ids.ts";
import { connected } from "../support/events.ts";
import { countTimers, type PendingTimers } from "../support/pending-timers.ts";
import { makeServiceAccount } from "../support/service-account.ts";

let timers: PendingTimers;

beforeEach(() => {
  for (const level of ["error", "warn", "info", "debug"] as const) {
    vi.spyOn(console, level).mockImplementation(() => {});
  }
  timers = countTimers();
});

afterEach(async () => {
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
  await reset();
});

const { json } = makeServiceAccount();

const PUBSUB = {
  SIGNAL_MANAGER_EVENTS_SINKS: "pubsub",
  SIGNAL_MANAGER_EVENTS_PUBSUB_PROJECT: "demo",
  SIGNAL_MANAGER_EVENTS_PUBSUB_TOPIC: "signal-events",
  SIGNAL_MANAGER_EVENTS_PUBSUB_SERVICE_ACCOUNT: json,
  SIGNAL_MANAGER_EVENTS_PUBSUB_AUTH: "oauth",
  SIGNAL_MANAGER_LOGGING_CONSOLE_OUTPUT: "false",
};

const token = () => Response.json({ access_token: "ya29.x", expires_in: 3599 });
const published = () => Response.json({ messageIds: ["1"] });
const broken = () =>
  new Response(new ReadableStream({ start: (stream) => stream.error(new Error("cut")) }));
const unreachable = () => {
  throw new TypeError("Network connection lost.");
};

it.each<[string, number, () => Response, () => Response]>([
  ["is published", 2, token, published],
  ["Pub/Sub refuses", 2, token, () => Response.json({}, { status: 403 })],
  ["Pub/Sub postpones", 2, token, () => Response.json({}, { status: 503 })],
  ["has an answer that breaks off", 2, token, broken],
  ["cannot reach Pub/Sub", 2, token, unreachable],
  ["gets no token", 1, () => Response.json({ error: "invalid_grant" }, { status: 400 }), published],
  ["cannot reach the token endpoint", 1, unreachable, published],
])(
  "The Ledger has no timer when an event that %s is done with",
  async (_, requests, grant, publish) => {
    const answers = vi.fn((url: string) => (url.endsWith(":publish") ? publish() : grant()));
    vi.stubGlobal("fetch", async (url: string) => answers(url));
    await runInDurableObject(env.LEDGER.getByName("timers"), async (_ledger, state) => {
      const waiting: Promise<unknown>[] = [];
      const prototype: DurableObjectState = Object.getPrototypeOf(state);
      const { waitUntil } = prototype;
      vi.spyOn(prototype, "waitUntil").mockImplementation(function gathering(
        this: DurableObjectState,
        work,
      ) {
        waiting.push(work);
        return waitUntil.call(this, work);
      });
      const ledger = new LedgerObject(state, { ...env, ...PUBSUB });
      const events = [{ sequence: 1, atMs: Date.now(), body: connected("alice") }];
      await ledger.report({
        version: REPORT_VERSION,
        hub: "a",
        outboxId: "o",
        events,
        stats: null,
      });
      // What is waited for may wait for more.
      for (let work = waiting.shift(); work !== undefined; work = waiting.shift()) await work;
    });
    expect(answers).toHaveBeenCalledTimes(requests);
    expect(timers).toMatchObject({ set: requests, count: 0 });
  },
);

const ADMIN = {
  authorization: `Bearer ${WORLD_SETTINGS.SIGNAL_MANAGER_ADMIN_TOKEN}`,
  "content-type": "application/json",
};

const SIGNAL = JSON.stringify({ target_client_id: "bob", type: "offer", signal_data: 1 });

it.each<[string, string, RequestInit, number]>([
  ["an upgrade that a hub refuses", "/?client_id=alice", { headers: { upgrade: "websocket" } }, 1],
  ["a scrape", "/metrics", {}, 1],
  ["the list of sessions", "/admin/sessions", { headers: ADMIN }, 1],
  ["the look-up of a session", "/admin/sessions/bob", { headers: ADMIN }, 1],
  ["the end of a session", "/admin/sessions/bob", { headers: ADMIN, method: "DELETE" }, 1],
  ["a backend's signal", "/admin/signals", { headers: ADMIN, method: "POST", body: SIGNAL }, 1],
  ["the list of parked events", "/admin/events/parked", { headers: ADMIN }, 1],
  [
    "the retry of parked events",
    "/admin/events/retry",
    { headers: ADMIN, method: "POST", body: "{}" },
    1,
  ],
])(
  "The Worker has no timer after %s, whether the object answers or fails",
  async (_, path, init, calls) => {
    const fail = vi.fn(() => Promise.reject(new Error("away")));
    const failing = { getByName: () => new Proxy({}, { get: () => fail }) };
    const full = {
      getByName: () => ({ fetch: async () => new Response("full", { status: 503 }) }),
    };
    const isUpgrade = path.startsWith("/?");
    for (const bindings of [isUpgrade ? { HUB: full } : {}, { HUB: failing, LEDGER: failing }]) {
      const ctx = createExecutionContext();
      const own = { ...env, ...bindings } as typeof env;
      const before = timers.set;
      const response = await app.fetch(new Request(`http://localhost${path}`, init), own, ctx);
      await response.body?.cancel();
      expect([timers.set - before, timers.count]).toEqual([calls, 0]);
      // What was counted is reported a second later: the one wait that outlives its request.
      await waitOnExecutionContext(ctx);
      expect(timers.count).toBe(0);
    }
  },
);

it("A hub has no timer after a call to another hub that fails, or that answers too much or nothing", async () => {
  const answers = [() => Promise.reject(new Error("reset")), async () => [], async () => []];
  const others = new RpcRemoteHubs({
    call: () => ({ deliver: () => answers.shift()?.() ?? Promise.resolve([]) }),
    failed: () => {},
  });
  const [source, target] = [clientId("alice"), clientId("bob")];
  const signal = { source, target, messageType: 0x10, frame: new Uint8Array(21) };
  for (let n = 0; n < 3; n += 1) await others.deliver("h1of7", [signal]);
  expect(timers).toMatchObject({ set: 3, count: 0 });
});
