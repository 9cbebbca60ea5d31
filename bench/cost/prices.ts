/** What Cloudflare charges on Workers Paid. Each price names its page, as read on 2026-11-23: read it again before you rely on it. */

/** What Cloudflare bills, each in the unit that it counts. */
export const METERS = [
  "workerRequests",
  "workerCpuMs",
  "durableRequests",
  "gigabyteSeconds",
  "rowsWritten",
  "rowsRead",
  "storedGigabytes",
] as const;

export type Meter = (typeof METERS)[number];

export interface Price {
  readonly label: string;
  /** Dollars for `per` of them. */
  readonly dollars: number;
  readonly per: number;
  /** What the monthly subscription includes. */
  readonly included: number;
  readonly source: string;
}

/** Dollars per month: the least that Workers Paid costs. */
export const SUBSCRIPTION = 5;

const MILLION = 1e6;

const WORKERS = "https://developers.cloudflare.com/workers/platform/pricing/";
const OBJECTS = "https://developers.cloudflare.com/durable-objects/platform/pricing/";

// One row per line, so that columns can be compared.
// oxfmt-ignore
export const PRICES: Readonly<Record<Meter, Price>> = {
  workerRequests: { label: "Worker requests", dollars: 0.3, per: MILLION, included: 10 * MILLION, source: WORKERS },
  workerCpuMs: { label: "Worker CPU, ms", dollars: 0.02, per: MILLION, included: 30 * MILLION, source: WORKERS },
  durableRequests: { label: "Durable Object requests", dollars: 0.15, per: MILLION, included: MILLION, source: OBJECTS },
  gigabyteSeconds: { label: "Durable Object duration, GB-s", dollars: 12.5, per: MILLION, included: 400_000, source: OBJECTS },
  rowsWritten: { label: "SQLite rows written", dollars: 1, per: MILLION, included: 50 * MILLION, source: OBJECTS },
  rowsRead: { label: "SQLite rows read", dollars: 0.001, per: MILLION, included: 25_000 * MILLION, source: OBJECTS },
  storedGigabytes: { label: "SQLite storage, GB-month", dollars: 0.2, per: 1, included: 5, source: OBJECTS },
};

/** Memory that is billed while an object runs, whatever it uses. */
export const GIGABYTES_PER_OBJECT = 0.128;

/** This many incoming WebSocket messages are billed as one request. Outgoing messages, pings and auto-responses are free. */
export const MESSAGES_PER_REQUEST = 20;
