/** What a caller gets when a hub or a Ledger cannot answer: each row of OBJECT_ERRORS, with errors as workerd throws them. */
import { createExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { CallFailure } from "../../src/metrics/table.ts";
import { app } from "../../src/worker/app.ts";
import { HubObject } from "../../src/worker/hub-object.ts";
import { LedgerObject } from "../../src/worker/ledger-object.ts";
import { failureOf, OBJECT_ERRORS } from "../../src/worker/object-errors.ts";
import { servicesOf, type Env } from "../../src/worker/services.ts";
import { workerStatsOf } from "../../src/worker/worker-stats.ts";
import { WORLD_SETTINGS } from "../behaviour/world.ts";
import { clientId } from "../support/client-ids.ts";

interface Marks {
  readonly overloaded?: true;
  readonly retryable?: true;
  readonly durableObjectReset?: true;
}

/** The platform's messages with the marks that it sets, and the row that each belongs to. */
const ERRORS: readonly (readonly [CallFailure, string, Marks])[] = [
  [
    "exceeded",
    "Durable Object's isolate exceeded its memory limit and was reset.",
    { overloaded: true, durableObjectReset: true },
  ],
  [
    "exceeded",
    "Durable Object exceeded its CPU time limit and was reset.",
    { durableObjectReset: true },
  ],
  ["overloaded", "Durable Object is overloaded. Too many requests queued.", { overloaded: true }],
  [
    "overloaded",
    "Durable Object is overloaded. Requests queued for too long.",
    { overloaded: true, retryable: true },
  ],
  [
    "overloaded",
    "Your account is generating too much load on Durable Objects. Please back off and try again later.",
    {},
  ],
  ["reset", "Durable Object reset because its code was updated.", { durableObjectReset: true }],
  [
    "reset",
    "Durable Object storage operation exceeded timeout which caused object to be reset.",
    { durableObjectReset: true },
  ],
  [
    "reset",
    "Connection closed: this Durable Object instance is no longer active. Reconnect or retry the request.",
    { retryable: true },
  ],
  ["updating", 'The RPC receiver does not implement the method "later".', {}],
  ["unreachable", "Network connection lost.", { retryable: true }],
  ["internal", "internal error; reference = 0123456789abcdefghijklm", {}],
  ["fault", "database or disk is full: SQLITE_FULL", {}],
  ["fault", "a bug of ours", {}],
];

interface Caller {
  readonly what: string;
  readonly request: () => Request;
  /** Makes the object's method do this. */
  readonly answer: (run: (self: object) => Promise<unknown>) => void;
  readonly isRepeatable: boolean;
  /** What the object answers to a second attempt, and the status that this becomes. */
  readonly second: () => Promise<unknown>;
  readonly status: number;
}

const ADMIN = {
  authorization: `Bearer ${WORLD_SETTINGS.SIGNAL_MANAGER_ADMIN_TOKEN}`,
  "content-type": "application/json",
};

const ask = (path: string, init: RequestInit = {}) =>
  new Request(`http://localhost${path}`, { headers: ADMIN, ...init });

function replaced(prototype: object, method: string): Caller["answer"] {
  return (run) => {
    // The methods have types of their own, and the replacement never answers.
    const methods = prototype as Record<string, () => unknown>;
    vi.spyOn(methods, method).mockImplementation(function failing(this: object) {
      return run(this);
    });
  };
}

const NO_GAUGES = {
  signal_manager_sessions: 0,
  signal_manager_events_queued: 0,
  signal_manager_events_parked: 0,
  signal_manager_events_oldest_age_seconds: 0,
};

const CALLERS: readonly Caller[] = [
  {
    what: "an upgrade",
    request: () => ask("/?client_id=alice", { headers: { upgrade: "websocket" } }),
    answer: replaced(HubObject.prototype, "fetch"),
    isRepeatable: true,
    second: async () => new Response("The hub is full", { status: 503 }),
    status: 503,
  },
  {
    what: "the look-up of a session",
    request: () => ask("/admin/sessions/alice"),
    answer: replaced(HubObject.prototype, "getSession"),
    isRepeatable: true,
    second: async () => null,
    status: 404,
  },
  {
    what: "the end of a session",
    request: () => ask("/admin/sessions/alice", { method: "DELETE" }),
    answer: replaced(HubObject.prototype, "kick"),
    isRepeatable: false,
    second: async () => true,
    status: 204,
  },
  {
    what: "the list of sessions",
    request: () => ask("/admin/sessions"),
    answer: replaced(LedgerObject.prototype, "sessions"),
    isRepeatable: true,
    second: async () => [],
    status: 200,
  },
  {
    what: "the list of parked events",
    request: () => ask("/admin/events/parked"),
    answer: replaced(LedgerObject.prototype, "parked"),
    isRepeatable: true,
    second: async () => [],
    status: 200,
  },
  {
    what: "the retry of parked events",
    request: () => ask("/admin/events/retry", { method: "POST", body: "{}" }),
    answer: replaced(LedgerObject.prototype, "retryParked"),
    isRepeatable: false,
    second: async () => 0,
    status: 200,
  },
  {
    what: "a scrape",
    request: () => ask("/metrics"),
    answer: replaced(LedgerObject.prototype, "measure"),
    isRepeatable: true,
    second: async () => ({ samples: {}, gauges: NO_GAUGES }),
    status: 200,
  },
];

const lines: Readonly<Record<string, unknown>>[] = [];

beforeEach(() => {
  lines.length = 0;
  for (const level of ["error", "warn", "info", "debug"] as const) {
    vi.spyOn(console, level).mockImplementation((line: string) => {
      lines.push(JSON.parse(line));
    });
  }
});

afterEach(() => void vi.restoreAllMocks());

/** A Worker of its own, so that its counts are its own. */
async function answerTo(request: Request, bindings: object = {}) {
  const own: Env = { ...env, ...bindings };
  const response = await app.fetch(request, own, createExecutionContext());
  return { response, counted: countedBy(own) };
}

/** How many calls failed, by reason. What was taken is not reported a second later. */
function countedBy(own: Env): Readonly<Record<string, number>> {
  const services = servicesOf(own);
  if (!services.ok) throw new Error("the configuration is not valid");
  const { deltas = [] } = workerStatsOf(own, services.value).stats.drain() ?? {};
  return Object.fromEntries(
    deltas.flatMap(([key, count]) => {
      const [, reason] =
        /^signal_manager_object_calls_failed_total\{reason="(.*)"\}$/.exec(key) ?? [];
      return reason === undefined ? [] : [[reason, count]];
    }),
  );
}

const eventsOf = (name: string) => lines.filter(({ event }) => event === name);

describe.each(CALLERS)("$what", ({ request, answer, isRepeatable, second, status }) => {
  it.each(ERRORS)("fails as %s: %s", async (failure, message, marks) => {
    let attempts = 0;
    answer(() => {
      attempts += 1;
      return Promise.reject(Object.assign(new Error(message), marks));
    });
    const { isRepeated, retryAfterSeconds } = OBJECT_ERRORS[failure];
    const { response, counted } = await answerTo(request());
    expect(response.status).toBe(retryAfterSeconds === null ? 500 : 503);
    expect(response.headers.get("content-type")).toBe("application/problem+json");
    expect(response.headers.get("retry-after")).toBe(retryAfterSeconds?.toString() ?? null);
    expect(await response.text()).not.toContain(message);
    expect(attempts).toBe(isRepeated && isRepeatable ? 2 : 1);
    expect(counted).toEqual({ [failure]: attempts });
    // Only a fault of ours is logged as one.
    const faults = [...eventsOf("worker.failed"), ...eventsOf("admin.failed")];
    expect(faults).toHaveLength(failure === "fault" ? 1 : 0);
    expect(eventsOf("call.failed")).toHaveLength(failure === "fault" ? 0 : attempts);
    for (const line of eventsOf("call.failed"))
      expect(line).toMatchObject({ level: "warn", failure });
  });

  it("fails as reset where the object itself is reset under the call", async () => {
    answer((self) => {
      // The types protect `ctx`, since only the object itself should abort itself.
      (self as { ctx: DurableObjectState }).ctx.abort(
        "Durable Object reset because its code was updated.",
      );
      return new Promise(() => {});
    });
    const { response, counted } = await answerTo(request());
    expect(response.status).toBe(503);
    expect(counted).toEqual({ reset: isRepeatable ? 2 : 1 });
  });

  it(`is ${isRepeatable ? "answered by the next instance" : "not made again"} after a reset`, async () => {
    let attempts = 0;
    answer((self) => {
      attempts += 1;
      if (attempts === 2) return second();
      // The types protect `ctx`, since only the object itself should abort itself.
      (self as { ctx: DurableObjectState }).ctx.abort("reset");
      return new Promise(() => {});
    });
    const { response, counted } = await answerTo(request());
    expect(response.status).toBe(isRepeatable ? status : 503);
    expect([attempts, counted]).toEqual([isRepeatable ? 2 : 1, { reset: 1 }]);
  });
});

it.each(CALLERS)(
  "$what fails as late when the object does not answer within ten seconds",
  async ({ request }) => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    try {
      const called = Promise.withResolvers<void>();
      const hanging = vi.fn(() => {
        called.resolve();
        return new Promise(() => {});
      });
      const stub = new Proxy({}, { get: () => hanging });
      const objects = { getByName: () => stub };
      const pending = answerTo(request(), { HUB: objects, LEDGER: objects });
      await called.promise;
      await vi.advanceTimersByTimeAsync(9999);
      expect(vi.getTimerCount()).toBe(1);
      await vi.advanceTimersByTimeAsync(1);
      const { response, counted } = await pending;
      expect([response.status, response.headers.get("retry-after")]).toEqual([503, "5"]);
      expect([counted, hanging.mock.calls.length]).toEqual([{ late: 1 }, 1]);
      expect(vi.getTimerCount()).toBe(0);
    } finally {
      vi.useRealTimers();
    }
  },
);

it("Every row of the table has an error that belongs to it", () => {
  const tested = new Set<CallFailure>([...ERRORS.map(([failure]) => failure), "late"]);
  expect(Object.keys(OBJECT_ERRORS).filter((row) => !tested.has(row as CallFailure))).toEqual([]);
  expect(failureOf("what is thrown need not be an Error")).toBe("fault");
});

it("An error that our own code throws arrives with the mark `remote`, and is no reason for 503", async () => {
  vi.spyOn(HubObject.prototype, "getSession").mockRejectedValue(new Error("ours"));
  const call = env.HUB.getByName("main").getSession(clientId("alice"));
  const error: unknown = await call.catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ remote: true, message: "ours" });
  expect(failureOf(error)).toBe("fault");
});
