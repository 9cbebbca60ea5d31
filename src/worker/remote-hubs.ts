/** The other hubs, called by RPC: one stub a hub, so that calls arrive in order, and a short wait for each answer. */
import { hubNameOf, type Hubs } from "../hub/placement.ts";
import type { RemoteHubs, ForwardedSignal } from "../hub/ports.ts";
import type { ClientId } from "../protocol/client-id.ts";
import type { Fault } from "../protocol/errors.ts";

/** How a hub is called. It MUST hand over calls in order for as long as none fails. */
export interface SignalStub {
  deliver(signals: readonly ForwardedSignal[]): Promise<readonly (Fault | null)[]>;
}

export interface RemoteHubsPorts {
  /** This hub's name. */
  readonly self: string;
  readonly hubs: Hubs;
  readonly call: (hub: string) => SignalStub;
  readonly failed: (hub: string, error: unknown) => void;
}

/** A hub in its place answers within a round trip; one that does not is not waited for by people who call each other. */
const ANSWER_WITHIN_MS = 5000;

/** What one hub may have under way to another. Beyond it the other is too slow, and memory would grow with it. */
const MAX_UNDER_WAY_BYTES = 8 * 1_048_576;

/** In per-client mode there are as many hubs as targets: stubs are kept for some, and made again for the others. */
const MAX_LINES = 1024;

interface Line {
  readonly stub: SignalStub;
  bytesUnderWay: number;
}

export class RpcRemoteHubs implements RemoteHubs {
  readonly #ports: RemoteHubsPorts;
  readonly #lines = new Map<string, Line>();

  constructor(ports: RemoteHubsPorts) {
    this.#ports = ports;
  }

  hubOf(clientId: ClientId): string | null {
    const { hubs, self } = this.#ports;
    if (hubs === 1) return null;
    const hub = hubNameOf(clientId, hubs);
    return hub === self ? null : hub;
  }

  async deliver(
    hub: string,
    signals: readonly ForwardedSignal[],
  ): Promise<readonly (Fault | null)[]> {
    const line = this.#lineTo(hub);
    const bytes = signals.reduce((sum, { frame }) => sum + frame.length, 0);
    if (line.bytesUnderWay + bytes > MAX_UNDER_WAY_BYTES) return unreachable(signals);
    line.bytesUnderWay += bytes;
    try {
      return await inTime(line.stub.deliver(signals));
    } catch (error) {
      // A stub that failed once fails for good: the next call makes another.
      if (this.#lines.get(hub) === line) this.#lines.delete(hub);
      this.#ports.failed(hub, error);
      return unreachable(signals);
    } finally {
      line.bytesUnderWay -= bytes;
    }
  }

  /** One that is in use stays: calls on its stub arrive before those on another. */
  #dropIdle(): void {
    for (const [hub, { bytesUnderWay }] of this.#lines) {
      if (bytesUnderWay === 0) this.#lines.delete(hub);
    }
  }

  #lineTo(hub: string): Line {
    const known = this.#lines.get(hub);
    if (known !== undefined) return known;
    if (this.#lines.size >= MAX_LINES) this.#dropIdle();
    const line = { stub: this.#ports.call(hub), bytesUnderWay: 0 };
    this.#lines.set(hub, line);
    return line;
  }
}

function unreachable(signals: readonly ForwardedSignal[]): Fault[] {
  return signals.map(() => "signal.unreachable");
}

/** A timer is no burden here: the call keeps the object awake for as long. */
async function inTime<Value>(answer: Promise<Value>): Promise<Value> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(new Error(`no answer within ${ANSWER_WITHIN_MS} ms`)),
      ANSWER_WITHIN_MS,
    );
  });
  try {
    return await Promise.race([answer, late]);
  } finally {
    clearTimeout(timer);
  }
}
