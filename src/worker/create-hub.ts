/** A hub put together: its rules, its stores, and the reporter to its Ledger. */
import { Hub } from "../hub/hub.ts";
import { isCurrentHub } from "../hub/placement.ts";
import type { HubSockets } from "../hub/ports.ts";
import { HubStats } from "../ledger/hub-stats.ts";
import { describeError } from "../log/log.ts";
import { logHubEvent } from "./observe.ts";
import type { Env } from "./services.ts";
import { hubStubWithoutRetry } from "./hubs.ts";
import { ledgerOf } from "./ledgers.ts";
import { RpcRemoteHubs } from "./remote-hubs.ts";
import { Outbox } from "./sqlite/outbox.ts";
import { Reporter } from "../ledger/reporter.ts";
import type { Services } from "./services.ts";
import { SqlSessionStore } from "./sqlite/session-store.ts";

const now = () => Date.now();
const newId = () => crypto.randomUUID();

export interface HubAssembly {
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
): HubAssembly {
  const { config, log, authenticate, hubSettings } = services;
  const name = ctx.id.name ?? ctx.id.toString();
  const outbox = new Outbox(ctx.storage.sql, newId);
  const counts = new HubStats({
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
      remoteHubs: new RpcRemoteHubs({
        self: name,
        hubs: config.routing.hubs,
        call: (other) => hubStubWithoutRetry(env, config, other),
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
