/** The network of a world: WebSocket connections, and calls between objects. What arrives when, and what does not arrive. */
import { CallFailed, Channel, NO_CALL_FAULTS, type CallFaults, type Callee } from "./calls.ts";
import type { Clock } from "./clock.ts";
import { Connection } from "./connection.ts";
import type { Random } from "./random.ts";
import type { Trace } from "./trace.ts";

export interface NetworkSettings {
  /** How long a message, or one way of a call, takes: from the first number to the second, in milliseconds. */
  readonly latencyMs: readonly [least: number, most: number];
  /** How probable it is that a connection breaks when something is sent over it. */
  readonly connectionLoss: number;
  readonly callFaults: CallFaults;
}

export const IDEAL_NETWORK: NetworkSettings = {
  latencyMs: [0, 0],
  connectionLoss: 0,
  callFaults: NO_CALL_FAULTS,
};

export class Network {
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #trace: Trace;
  readonly #channels = new Map<string, Channel>();
  readonly #unreachable = new Set<string>();
  #connections = 0;
  /** May be replaced at any time: what is sent from then on follows it. */
  settings: NetworkSettings;

  constructor(clock: Clock, random: Random, trace: Trace, settings: NetworkSettings) {
    this.#clock = clock;
    this.#random = random;
    this.#trace = trace;
    this.settings = settings;
  }

  /** A connection that is open at both ends. `name`: what the trace calls it. */
  connect(name: string): Connection {
    this.#connections += 1;
    return new Connection(`${name}#${this.#connections}`, {
      clock: this.#clock,
      latencyMs: () => this.#latencyMs(),
      breaks: () => this.#random.happens(this.settings.connectionLoss),
      trace: this.#trace,
    });
  }

  /**
   * Calls another object. Calls of one object to another arrive in the order in which they were made; calls between
   * different objects overtake each other. @throws CallFailed, whether or not the call had its effect.
   */
  call<Answer>(
    from: string,
    to: string,
    callee: Callee,
    run: () => Answer | Promise<Answer>,
  ): Promise<Answer> {
    if (this.#unreachable.has(to)) {
      return Promise.reject(new CallFailed(`${to} is out of reach`));
    }
    return this.#channel(from, to).call(callee, run, this.settings.callFaults);
  }

  /** From now on calls to this object fail before they have an effect. */
  cutOff(name: string): void {
    this.#unreachable.add(name);
  }

  /** Undoes `cutOff`. */
  reconnect(name: string): void {
    this.#unreachable.delete(name);
  }

  #channel(from: string, to: string): Channel {
    const name = `${from} -> ${to}`;
    const known = this.#channels.get(name);
    if (known !== undefined) return known;
    const channel = new Channel(name, {
      clock: this.#clock,
      latencyMs: () => this.#latencyMs(),
      random: this.#random,
      trace: this.#trace,
    });
    this.#channels.set(name, channel);
    return channel;
  }

  #latencyMs(): number {
    return this.#random.between(...this.settings.latencyMs);
  }
}
