/** What the bench and its load generator say to each other. */
import type { AdapterName } from "./adapters.ts";

export type Command =
  /** Opens clients, which stay. */
  | {
      readonly kind: "connect";
      readonly adapter: AdapterName;
      readonly url: string;
      readonly clients: number;
      /** Of their ids. */
      readonly prefix: string;
    }
  /** All of them signal, in pairs. */
  | {
      readonly kind: "run";
      readonly adapter: AdapterName;
      /** Signals that each client keeps in flight. */
      readonly inFlight: number;
      /** So many leave at once, when the last so many have arrived. */
      readonly burst: number;
      readonly durationMs: number;
    }
  /** Opens and closes clients, some at a time. */
  | {
      readonly kind: "open";
      readonly adapter: AdapterName;
      readonly url: string;
      readonly atOnce: number;
      readonly durationMs: number;
    }
  /** One signal from the first client to its partner, and another one when it has arrived. */
  | { readonly kind: "one"; readonly adapter: AdapterName }
  /** Each client sends its beat. */
  | { readonly kind: "beat"; readonly adapter: AdapterName };

export type Kind = Command["kind"];

interface Reports {
  readonly connect: object;
  readonly run: Ran;
  readonly open: {
    /** Clients that were ready within `elapsedMs`. */
    readonly opened: number;
    readonly elapsedMs: number;
    /** Those, and the last ones, which were ready when the time was up. */
    readonly openedInAll: number;
  };
  readonly one: { readonly firstMs: number; readonly secondMs: number };
  /** Texts that came back within two seconds. */
  readonly beat: { readonly sent: number; readonly answered: number };
}

export interface Ran {
  /** Signals that arrived in `elapsedMs`, all clients together. */
  readonly signals: number;
  readonly elapsedMs: number;
  /** Those, what came before the time was taken, and what was still in flight when it was up. */
  readonly signalsInAll: number;
  /** From a signal's `send` to its arrival at the partner, in microseconds. */
  readonly p50Micros: number;
  readonly p99Micros: number;
  /** CPU time of the load generator itself in `elapsedMs`. */
  readonly loadCpuMs: number;
}

export type Report<Of extends Kind> = Reports[Of];

export type Answer =
  | { readonly ok: true; readonly report: Reports[Kind] }
  | { readonly ok: false; readonly message: string };

export type CommandOf<Of extends Kind> = Extract<Command, { readonly kind: Of }>;
