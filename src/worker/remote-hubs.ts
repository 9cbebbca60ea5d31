/** The other hubs, called by RPC: one stub per hub, so that calls arrive in order, and a short wait for each answer. */
import {
  decodeOutcomes,
  HUB_CONTRACT_VERSION,
  type DeliveryOutcome,
  type ForwardedSignal,
  type WireOutcome,
} from "../hub/contract.ts";
import type { RemoteHubs } from "../hub/ports.ts";
import { describeError } from "../log/log.ts";
import type { CallFailure } from "../metrics/table.ts";
import { hubStubWithoutRetry } from "./hubs.ts";
import { failureOf, LateAnswer } from "./object-errors.ts";
import type { Env, Services } from "./services.ts";
import { inTime } from "./timer.ts";

/** How a hub is called. Calls MUST arrive in order for as long as none fails. */
export interface HubStub {
  deliver(signals: readonly ForwardedSignal[], version: number): Promise<readonly WireOutcome[]>;
}

export interface RemoteHubsPorts {
  readonly call: (hub: string) => HubStub;
  /** Is called for each call that failed. */
  readonly failed: (hub: string, error: unknown) => void;
}

/** A healthy hub answers within a round trip. A person who places a call would not wait longer for an unhealthy one. */
const ANSWER_WITHIN_MS = 5000;

/** The bytes that one hub may have under way to another. Beyond it the other hub is too slow, and memory would grow. */
const MAX_UNDER_WAY_BYTES = 8 * 1_048_576;

/** In per-client mode there are as many hubs as targets: some stubs are kept, and the others are made again. */
const MAX_STUBS = 1024;

interface KeptStub {
  readonly stub: HubStub;
  bytesUnderWay: number;
}

/** For a hub, and for the Worker where a backend signals. */
export function createRemoteHubs(
  env: Env,
  { config, log }: Services,
  count: (failure: CallFailure) => void,
): RemoteHubs {
  return new RpcRemoteHubs({
    call: (hub) => hubStubWithoutRetry(env, config, hub),
    failed: (hub, error) => {
      const failure = failureOf(error);
      count(failure);
      log("deliver.failed", { hub, failure, error: describeError(error) });
    },
  });
}

export class RpcRemoteHubs implements RemoteHubs {
  readonly #ports: RemoteHubsPorts;
  readonly #stubs = new Map<string, KeptStub>();

  constructor(ports: RemoteHubsPorts) {
    this.#ports = ports;
  }

  async deliver(
    hub: string,
    signals: readonly ForwardedSignal[],
  ): Promise<readonly DeliveryOutcome[]> {
    const kept = this.#stubOf(hub);
    const bytes = signals.reduce((sum, { frame }) => sum + frame.length, 0);
    if (kept.bytesUnderWay + bytes > MAX_UNDER_WAY_BYTES) return unreachable(signals);
    kept.bytesUnderWay += bytes;
    try {
      // A timer costs nothing here: the call keeps the object awake for as long.
      const answer = await inTime(
        kept.stub.deliver(signals, HUB_CONTRACT_VERSION),
        ANSWER_WITHIN_MS,
        () => new LateAnswer(ANSWER_WITHIN_MS),
      );
      return decodeOutcomes(answer, signals.length);
    } catch (error) {
      // A stub that failed once fails for good: the next call makes another.
      if (this.#stubs.get(hub) === kept) this.#stubs.delete(hub);
      this.#ports.failed(hub, error);
      return unreachable(signals);
    } finally {
      kept.bytesUnderWay -= bytes;
    }
  }

  /** Keeps a stub that is in use: calls on a new stub could overtake its calls. */
  #dropIdle(): void {
    for (const [hub, { bytesUnderWay }] of this.#stubs) {
      if (bytesUnderWay === 0) this.#stubs.delete(hub);
    }
  }

  #stubOf(hub: string): KeptStub {
    const known = this.#stubs.get(hub);
    if (known !== undefined) return known;
    if (this.#stubs.size >= MAX_STUBS) this.#dropIdle();
    const kept = { stub: this.#ports.call(hub), bytesUnderWay: 0 };
    this.#stubs.set(hub, kept);
    return kept;
  }
}

function unreachable(signals: readonly ForwardedSignal[]): DeliveryOutcome[] {
  return signals.map(() => "signal.unreachable");
}
