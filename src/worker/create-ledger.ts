/** A Ledger put together: its rules, its stores in SQLite, and its sinks. */
import type { Config } from "../config/keys.ts";
import {
  Dispatcher,
  publishAtOnce,
  requestsPerSink,
  type PublishResult,
} from "../events/dispatcher.ts";
import { createLogSink } from "../events/sinks/log.ts";
import { createPubsubSink } from "../events/sinks/pubsub/publisher.ts";
import type { Sink } from "../events/sinks/sink.ts";
import { Ledger } from "../ledger/ledger.ts";
import type { LedgerStores } from "../ledger/ports.ts";
import type { Log } from "../log/log.ts";
import type { Services } from "./services.ts";
import { after } from "./timer.ts";
import { sqlLedgerStores } from "./sqlite/ledger-stores.ts";

/** What the object of a Ledger runs. */
export interface LedgerAssembly {
  readonly stores: LedgerStores;
  readonly ledger: Ledger;
  /** One for each stored sink. */
  readonly dispatchers: readonly Dispatcher[];
}

const now = () => Date.now();

/** `onResult` is called after each publish request, since it changes which events wait. */
export function createLedger(
  storage: DurableObjectStorage,
  services: Services,
  onResult: () => void,
): LedgerAssembly {
  const { log } = services;
  const sinks = createSinks(services);
  const immediate = sinks.filter(({ delivery }) => delivery === "immediate");
  const stored = sinks.filter(({ delivery }) => delivery === "stored");
  const names = stored.map(({ name }) => name);
  const stores = sqlLedgerStores(storage, names);
  const ledger = new Ledger(
    {
      stores,
      now,
      emit: (events) => immediate.forEach((sink) => publishAtOnce(sink, events)),
      dropped: ({ id, type }) => log("event.dropped", { id, type }),
    },
    { storesEvents: stored.length > 0, maxStored: services.config.events.max_stored },
  );
  const observe = (result: PublishResult) => {
    ledger.countPublish(result);
    logResult(log, result);
    onResult();
  };
  const dispatcherOf = (sink: Sink) =>
    new Dispatcher(sink, requestsPerSink(stored.length), {
      queue: stores.queue.of(sink.name),
      park: (event, reason, parkedAtMs) =>
        stores.parked.park(event, { sink: sink.name, reason, parkedAtMs }),
      transaction: (run) => stores.transaction(run),
      now,
      random: () => Math.random(),
      observe,
    });
  return { stores, ledger, dispatchers: stored.map(dispatcherOf) };
}

/** `none` names no sink. */
type SinkName = Exclude<Config["events"]["sinks"][number], "none">;

/** By their names in `events.sinks`. Each object makes its own, since what a sink awaits belongs to that object's requests. */
const SINKS: Readonly<Record<SinkName, (services: Services) => Sink>> = {
  log: ({ log }) => createLogSink((fields) => log("event.emitted", fields)),
  pubsub: ({ config: { events } }) =>
    createPubsubSink(
      {
        endpoint: events.pubsub_endpoint,
        project: events.pubsub_project,
        topic: events.pubsub_topic,
        auth: events.pubsub_auth,
        serviceAccount: events.pubsub_service_account,
        tokenUrl: events.pubsub_token_url,
        timeoutMs: events.pubsub_timeout * 1000,
      },
      { fetch: (url, init) => fetch(url, init), after, now },
    ),
};

function createSinks(services: Services): Sink[] {
  const { sinks } = services.config.events;
  return [...new Set(sinks)].flatMap((name) => (name === "none" ? [] : SINKS[name](services)));
}

const LOG_EVENTS = {
  published: "publish.done",
  retried: "publish.retried",
  blocked: "publish.blocked",
  split: "publish.split",
  parked: "publish.parked",
} as const satisfies Record<PublishResult["outcome"], string>;

function logResult(log: Log, { sink, partition, events, outcome, reason }: PublishResult): void {
  const fields = { sink, partition, events, ...(reason === null ? {} : { reason }) };
  log(LOG_EVENTS[outcome], fields);
}
