/** A Ledger put together: its rules, its stores in SQLite, and the courier if events go anywhere. */
import { Dispatcher, type Delivery } from "../events/dispatcher.ts";
import { Ledger } from "../ledger/ledger.ts";
import type { LedgerStores } from "../ledger/ports.ts";
import type { StoredEvent } from "../events/event-types.ts";
import type { Log } from "../log/log.ts";
import type { Services } from "./services.ts";
import { sqlLedgerStores } from "./sqlite/ledger-stores.ts";
import { createPublisher } from "./ledger/publisher.ts";

export interface LedgerAssembly {
  readonly stores: LedgerStores;
  readonly ledger: Ledger;
  /** null: no sink outside takes events. */
  readonly courier: Dispatcher | null;
}

export function createLedger(storage: DurableObjectStorage, services: Services): LedgerAssembly {
  const { log } = services;
  const { sinks, max_stored: maxStored } = services.config.events;
  const publisher = createPublisher(services.config);
  const stores = sqlLedgerStores(storage);
  const isTold = sinks.includes("log");
  const ledger = new Ledger(
    {
      stores,
      now: () => Date.now(),
      tell: (event) => {
        if (isTold) logEvent(log, event);
      },
      dropped: ({ id, type }) => log("event.dropped", { id, type }),
    },
    { queues: publisher !== null, maxStored },
  );
  const courier =
    publisher &&
    new Dispatcher(stores, {
      publish: (messages) => publisher.publish(messages),
      now: () => Date.now(),
      random: () => Math.random(),
      observe: (delivery) => {
        ledger.countDelivery(delivery);
        logDelivery(log, delivery);
      },
    });
  return { stores, ledger, courier };
}

function logEvent(log: Log, { id, hub, atMs, type, data }: StoredEvent): void {
  const at = new Date(atMs).toISOString();
  log("event.emitted", { id, hub, type, at, ...data });
}

const LINES = {
  published: "publish.done",
  retried: "publish.retried",
  split: "publish.retried",
  parked: "publish.parked",
} as const;

function logDelivery(log: Log, { line, events, outcome, reason }: Delivery): void {
  log(LINES[outcome], { line, events, ...(reason === null ? {} : { reason }) });
}
