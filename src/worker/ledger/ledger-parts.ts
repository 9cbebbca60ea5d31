/** A Ledger put together: its rules, its stores in SQLite, and the courier if events go anywhere. */
import { Courier, type Delivery } from "../../ledger/courier.ts";
import { Ledger } from "../../ledger/ledger.ts";
import type { LedgerStores } from "../../ledger/ports.ts";
import type { StoredEvent } from "../../events/event-types.ts";
import type { Log } from "../../log/log.ts";
import type { Services } from "../services.ts";
import { sqlLedgerStores } from "./ledger-stores.ts";
import { createPublisher } from "./publisher.ts";

export interface LedgerParts {
  readonly stores: LedgerStores;
  readonly ledger: Ledger;
  /** null: no sink outside takes events. */
  readonly courier: Courier | null;
}

export function createLedger(storage: DurableObjectStorage, services: Services): LedgerParts {
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
    new Courier(stores, {
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
  log("event.taken", { id, hub, type, at, ...data });
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
