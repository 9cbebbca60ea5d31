/** The messages between the bench and its load generator. */
import type { AdapterName } from "./adapters.ts";

export type Command =
  /** Connects clients that stay. */
  | {
      readonly kind: "connect";
      readonly adapter: AdapterName;
      readonly url: string;
      readonly clients: number;
      /** What their ids begin with. */
      readonly prefix: string;
    }
  /** Makes all clients signal, in pairs. */
  | {
      readonly kind: "run";
      readonly adapter: AdapterName;
      /** Signals that each client keeps in flight. */
      readonly inFlight: number;
      /** How many signals a client sends at once, after as many have arrived. */
      readonly burst: number;
      readonly durationMs: number;
    }
  /** Connects clients that leave at once, some at the same time. */
  | {
      readonly kind: "open";
      readonly adapter: AdapterName;
      readonly url: string;
      readonly atOnce: number;
      readonly durationMs: number;
    }
  /** Sends one signal from the first client to its partner, and another one when it has arrived. */
  | { readonly kind: "one"; readonly adapter: AdapterName }
  /** Makes each client send its keep-alive message. */
  | { readonly kind: "beat"; readonly adapter: AdapterName };

export type Kind = Command["kind"];

interface Reports {
  readonly connect: object;
  readonly run: Ran;
  readonly open: {
    /** Clients that were ready within `elapsedMs`. */
    readonly opened: number;
    readonly elapsedMs: number;
    /** Those clients, and the last ones, which were ready after `elapsedMs`. */
    readonly openedInAll: number;
  };
  readonly one: { readonly firstMs: number; readonly secondMs: number };
  /** Keep-alive messages, and their answers within two seconds. */
  readonly beat: { readonly sent: number; readonly answered: number };
}

export interface Ran {
  /** Signals that arrived within `elapsedMs`, all clients together. */
  readonly signals: number;
  readonly elapsedMs: number;
  /** Those signals, and the ones that arrived before and after `elapsedMs`. */
  readonly signalsInAll: number;
  /** From a signal's `send` to its arrival at the partner, in microseconds. */
  readonly p50Micros: number;
  readonly p99Micros: number;
  /** CPU time of the load generator itself within `elapsedMs`. */
  readonly loadCpuMs: number;
}

export type Report<Of extends Kind> = Reports[Of];

export type Answer =
  | { readonly ok: true; readonly report: Reports[Kind] }
  | { readonly ok: false; readonly message: string };

export type CommandOf<Of extends Kind> = Extract<Command, { readonly kind: Of }>;
