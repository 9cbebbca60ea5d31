/** Puts a hub together: its rules, its stores, and the reporter to its Ledger. */
import { Hub } from "../hub/hub.ts";
import type { HubSockets } from "../hub/ports.ts";
import { HubStats } from "../ledger/hub-stats.ts";
import { Reporter } from "../ledger/reporter.ts";
import { reportFailed, sendReport } from "./ledgers.ts";
import { createRemoteHubs } from "./remote-hubs.ts";
import { logHubEvent } from "./observe.ts";
import type { Env, Services } from "./services.ts";
import { sqlHubStores } from "./sqlite/hub-stores.ts";

const now = () => Date.now();
const newId = () => crypto.randomUUID();

export interface HubAssembly {
  readonly hub: Hub;
  readonly reporter: Reporter;
}

/** Creates the hub's tables if they are missing. @throws if a later version of the code has changed them. */
export function createHub(
  ctx: DurableObjectState,
  env: Env,
  services: Services,
  sockets: HubSockets,
): HubAssembly {
  const { config, log, authenticate, hubSettings } = services;
  const hubName = ctx.id.name ?? ctx.id.toString();
  const { outbox, sessions } = sqlHubStores(ctx.storage, newId);
  const stats = new HubStats({
    counts: config.metrics.enabled,
    emitsDelivered: config.events.signal_delivered,
    isHub: true,
  });
  const hub = new Hub(
    {
      sockets,
      sessions,
      authenticate,
      stats,
      remoteHubs: createRemoteHubs(env, services, (failure) => stats.callFailed(failure)),
      observe: (event) => {
        logHubEvent(log, event);
        stats.observe(event);
      },
      now,
      newSessionId: newId,
    },
    hubSettings,
    { hubName, hubs: config.routing.hubs },
  );
  const reporter = new Reporter({
    hub: hubName,
    outbox,
    stats,
    send: (report) => sendReport(env, config, report),
    failed: (error) => reportFailed(log, stats, hubName, error),
    now,
    newId,
  });
  return { hub, reporter };
}

/** Whether a client has ever connected here: the first one creates all tables. The check creates none. */
export function hasHub({ sql }: DurableObjectStorage): boolean {
  return [...sql.exec("SELECT 1 FROM sqlite_master LIMIT 1")].length > 0;
}
