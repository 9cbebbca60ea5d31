/**
 * What hubs say to each other, and backends to hubs, by RPC. Plain data, with a version: while the platform replaces
 * the code, for minutes, objects of two versions call each other.
 */
import type { ClientId } from "../protocol/client-id.ts";
import { FAULTS, type Fault } from "../protocol/errors.ts";

/** 1: commit a5413e9, which sent no version and answered null where a signal was delivered. */
export const HUB_CONTRACT_VERSION = 2;

/** What may be known about a signal by those who watch: never its contents. */
export interface SignalMeta {
  readonly source: ClientId;
  readonly target: ClientId;
  readonly messageType: number;
}

/** A signal on its way to the hub of its target. */
export interface ForwardedSignal extends SignalMeta {
  /**
   * The whole frame, already stamped with its source: the target receives these bytes. The frame MUST own its buffer,
   * because a view would ship everything that it is a view of.
   */
  readonly frame: Uint8Array;
}

/**
 * What became of a signal: handed to a socket of its target, kept until the target has one (no hub does so yet), or
 * refused with a fault. Every outcome but `held` is the answer to its source.
 */
export type DeliveryOutcome = "delivered" | "held" | Fault;

/** Version 1 said null for a signal that was delivered. */
export type WireOutcome = DeliveryOutcome | null;

/** The outcomes in the words of a caller's version. */
export function encodeOutcomes(
  outcomes: readonly DeliveryOutcome[],
  version: number,
): WireOutcome[] {
  return outcomes.map((outcome) => (version === 1 && outcome === "delivered" ? null : outcome));
}

/**
 * The outcomes of `expected` signals, from a hub of either version. What a short answer leaves out is not known, and neither
 * is an outcome of a later version.
 */
export function decodeOutcomes(
  answer: readonly WireOutcome[],
  expected: number,
): DeliveryOutcome[] {
  return Array.from({ length: expected }, (_, at) => {
    const outcome = answer[at];
    if (outcome === null) return "delivered";
    return outcome !== undefined && isOutcome(outcome) ? outcome : "signal.unreachable";
  });
}

function isOutcome(text: string): text is DeliveryOutcome {
  return text === "delivered" || text === "held" || Object.hasOwn(FAULTS, text);
}

/** Whether this version can do what a caller of that version asks. */
export function canServe(version: number): boolean {
  return version <= HUB_CONTRACT_VERSION;
}

/** An operator's view of one session. */
export interface SessionInformation {
  readonly clientId: ClientId;
  readonly sessionId: string;
  readonly connectedAtMs: number;
  /** When the last frame or text `ping` came. */
  readonly lastActivityMs: number;
  readonly messageCount: number;
}
