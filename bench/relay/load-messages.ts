/** What the bench and its load generator say to each other. */
import type { Side } from "./sides.ts";

export interface ConnectCommand {
  readonly kind: "connect";
  readonly side: Side;
  readonly url: string;
  readonly clients: number;
}

export interface RunCommand {
  readonly kind: "run";
  readonly side: Side;
  /** Signals that each client keeps in flight. */
  readonly window: number;
  readonly durationMs: number;
}

export type LoadCommand = ConnectCommand | RunCommand;

export interface Ran {
  readonly kind: "ran";
  /** Frames that arrived in `elapsedMs`, all clients together. */
  readonly frames: number;
  readonly elapsedMs: number;
  /** Those, and what was still in flight when the time was up. */
  readonly framesWithDrain: number;
  /** CPU time of the load generator itself in `elapsedMs`. */
  readonly loadCpuMs: number;
}

export type LoadReport =
  | { readonly kind: "connected" }
  | Ran
  | { readonly kind: "failed"; readonly message: string };
