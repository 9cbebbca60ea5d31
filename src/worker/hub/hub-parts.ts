/** A hub put together: its rules, its stores, and the reporter to its Ledger. */
import { Hub } from "../../hub/hub.ts";
import { isCurrentHub } from "../../hub/placement.ts";
import type { HubSockets } from "../../hub/ports.ts";
import { TallyBook } from "../../ledger/tally-book.ts";
import { describeError, logHubEvent } from "../../log/log-hub-event.ts";
import type { Env } from "../env.ts";
import { signalLineTo } from "../hubs.ts";
import { ledgerOf } from "../ledgers.ts";
import { HubsByRpc } from "./other-hubs.ts";
import { Outbox } from "./outbox.ts";
import { Reporter } from "./reporter.ts";
import type { Services } from "../services.ts";
import { SqlSessionStore } from "./session-store.ts";

const now = () => Date.now();
const newId = () => crypto.randomUUID();

export interface HubParts {
  readonly hub: Hub;
  readonly reporter: Reporter;
  /** False: another number of hubs is configured than when its clients came. */
  readonly isCurrent: boolean;
}

export function createHub(
  ctx: DurableObjectState,
  env: Env,
  services: Services,
  sockets: HubSockets,
): HubParts {
  const { config, log, authenticate, hubSettings } = services;
  const name = ctx.id.name ?? ctx.id.toString();
  const outbox = new Outbox(ctx.storage.sql, newId);
  const counts = new TallyBook({
    counts: config.metrics.enabled,
    tellsDelivered: config.events.signal_delivered,
    isHub: true,
  });
  const hub = new Hub(
    {
      sockets,
      sessions: new SqlSessionStore(ctx.storage, outbox),
      authenticate,
      counts,
      otherHubs: new HubsByRpc({
        self: name,
        hubs: config.routing.hubs,
        call: (other) => signalLineTo(env, config, other),
        failed: (other, error) =>
          log("deliver.failed", { hub: other, error: describeError(error) }),
      }),
      observe: (event) => {
        logHubEvent(log, event);
        counts.observe(event);
      },
      now,
    },
    hubSettings,
  );
  const reporter = new Reporter({
    hub: name,
    outbox,
    counts,
    send: (report) => ledgerOf(env, config, name).report(report),
    failed: (error) => log("report.failed", { hub: name, error: describeError(error) }),
    now,
    newId,
  });
  return { hub, reporter, isCurrent: isCurrentHub(name, config.routing.hubs) };
}
