/** The messages between the bench and its load generator. */
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
  /** Frames that arrived within `elapsedMs`, all clients together. */
  readonly frames: number;
  readonly elapsedMs: number;
  /** Those frames, and the ones that were still in flight at the end of `elapsedMs`. */
  readonly framesWithDrain: number;
  /** CPU time of the load generator itself within `elapsedMs`. */
  readonly loadCpuMs: number;
}

export type LoadReport =
  | { readonly kind: "connected" }
  | Ran
  | { readonly kind: "failed"; readonly message: string };
