/** `GET /metrics`: the Ledgers' counters and gauges in the text format of Prometheus. A scrape wakes no hub. */
import type { Context } from "hono";
import { problem } from "../admin/problem.ts";
import { bearerCheck } from "../auth/bearer.ts";
import { exposition, EXPOSITION_CONTENT_TYPE, type Gauges } from "../metrics/exposition.ts";
import { BUILD } from "./build-info.ts";
import { readMeasured, type Measured } from "../ledger/contract.ts";
import { allLedgers } from "./all-ledgers.ts";
import { callAll, createObjectCalls } from "./object-calls.ts";
import type { AppTypes } from "./services.ts";

export async function metrics(c: Context<AppTypes>): Promise<Response> {
  const { config } = c.var.services;
  const { enabled, token } = config.metrics;
  if (!enabled) return c.notFound();
  if (token !== "" && !bearerCheck(token)(c.req.raw.headers.get("authorization"))) {
    const headers = { "www-authenticate": "Bearer" };
    return problem(401, "Present the token of metrics.token: Authorization: Bearer …", { headers });
  }
  const ledgers = allLedgers(
    c.env,
    config,
    createObjectCalls(c.env, c.var.services, c.executionCtx),
  );
  const answers = await callAll(ledgers.map((ledger) => ledger.read((stub) => stub.measure())));
  const measured = answers.map(readMeasured);
  const text = exposition(
    measured.flatMap(({ samples }) => Object.entries(samples)),
    gaugesOf(measured),
    BUILD.version,
  );
  return new Response(text, { headers: { "content-type": EXPOSITION_CONTENT_TYPE } });
}

function gaugesOf(measured: readonly Measured[]): Gauges {
  const each = measured.map(({ gauges }) => gauges);
  const sum = (of: (gauges: Gauges) => number) => each.reduce((all, gauges) => all + of(gauges), 0);
  return {
    signal_manager_sessions: sum((gauges) => gauges.signal_manager_sessions),
    signal_manager_events_queued: sum((gauges) => gauges.signal_manager_events_queued),
    signal_manager_events_parked: sum((gauges) => gauges.signal_manager_events_parked),
    signal_manager_events_oldest_age_seconds: Math.max(
      ...each.map((gauges) => gauges.signal_manager_events_oldest_age_seconds),
    ),
  };
}
