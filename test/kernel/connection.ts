/**
 * One WebSocket connection: two ends, each of which may send, close, die or vanish. What one end sends arrives at the other in
 * order. A message is never lost alone: a connection loses everything from some point on, or nothing.
 */
import type { Clock } from "./clock.ts";
import type { Trace } from "./trace.ts";

export type Message = string | Uint8Array;

/** What an end does with what arrives. */
export interface EndHandlers {
  /** The promise: the message has been handled when it resolves. */
  receive(message: Message): void | Promise<void>;
  /**
   * The other end has closed with this code, or has died (1006, not `clean`). Happens at most once. If this end has not
   * closed yet, it is the owner's part to answer with `close`; until then it may still send.
   */
  closed(code: number, clean: boolean): void;
}

export interface ConnectionWorld {
  readonly clock: Clock;
  readonly trace: Trace;
  readonly latencyMs: () => number;
  /** Asked whenever something is sent: whether the connection breaks instead. */
  readonly breaks: () => boolean;
}

/** What a browser reports for a connection that ended without a close frame (RFC 6455, 7.1.5). */
const ABNORMAL_CLOSURE = 1006;

export class Connection {
  readonly client: End;
  readonly server: End;

  constructor(name: string, world: ConnectionWorld) {
    this.client = new End(`${name} client`, world);
    this.server = new End(`${name} server`, world);
    this.client.join(this.server);
    this.server.join(this.client);
  }

  /** The network between the ends breaks, and both learn of it. */
  cut(): void {
    this.client.lose();
    this.server.lose();
  }
}

export class End {
  readonly #name: string;
  readonly #world: ConnectionWorld;
  #handlers: EndHandlers | null = null;
  #other: End | null = null;
  #hasClosed = false;
  #isOver = false;
  #isLost = false;
  #isDead = false;
  #lastArrivalMs = -Infinity;

  constructor(name: string, world: ConnectionWorld) {
    this.#name = name;
    this.#world = world;
  }

  /** Only for `Connection`. */
  join(other: End): void {
    this.#other = other;
  }

  /** MUST be called before time goes by: what arrives at an end without handlers is a mistake of the world. */
  attach(handlers: EndHandlers): void {
    this.#handlers = handlers;
  }

  /** Whether what is sent has a chance to arrive, as far as this end knows. */
  get canSend(): boolean {
    return !this.#hasClosed && !this.#isLost && !this.#isDead;
  }

  /** Resolves when the other end has handled the message, or it is certain that it never will. */
  send(message: Message): Promise<void> {
    if (!this.canSend) return Promise.resolve();
    if (this.#world.breaks()) {
      this.#world.trace.write(`${this.#name} breaks`);
      this.lose();
      this.#other?.lose();
      return Promise.resolve();
    }
    const size = typeof message === "string" ? JSON.stringify(message) : `${message.length} bytes`;
    this.#world.trace.write(`${this.#name} sends ${size}`);
    return new Promise((resolve, reject) => {
      this.#deliver((other) => {
        // A handler that throws is a fault of the world's owner: it surfaces at the sender.
        Promise.resolve(other.#receive(message)).then(resolve, reject);
      }, resolve);
    });
  }

  /** Sends a close frame behind everything that was sent. Does nothing the second time. */
  close(code: number): void {
    if (!this.canSend) return;
    this.#hasClosed = true;
    this.#world.trace.write(`${this.#name} closes with ${code}`);
    this.#deliver((other) => other.#end(code, true));
  }

  /** Nothing more of what this end sends arrives, and the other end learns of it, behind everything that was sent. */
  lose(): void {
    if (this.#isLost || this.#isDead) return;
    this.#isLost = true;
    this.#world.trace.write(`${this.#name} loses its connection`);
    this.#deliver((other) => other.#end(ABNORMAL_CLOSURE, false));
  }

  /** This end dies without a close frame, and the other end learns of it. */
  drop(): void {
    this.lose();
    this.#isDead = true;
  }

  /** This end is gone and nobody learns of it: the other one is half-open, and what it sends goes nowhere. */
  vanish(): void {
    this.#isDead = true;
    this.#world.trace.write(`${this.#name} vanishes`);
  }

  #receive(message: Message): void | Promise<void> {
    if (this.#isOver || this.#isDead) return undefined;
    if (this.#handlers === null) throw new Error(`${this.#name} has no handlers`);
    return this.#handlers.receive(message);
  }

  #end(code: number, clean: boolean): void {
    if (this.#isOver || this.#isDead) return;
    this.#isOver = true;
    if (!clean) this.#isDead = true;
    this.#handlers?.closed(code, clean);
  }

  /** Arrives in order: no earlier than what was sent before. `onLoss`: the other end died meanwhile. */
  #deliver(arrive: (other: End) => void, onLoss: () => void = () => {}): void {
    const { clock, latencyMs } = this.#world;
    this.#lastArrivalMs = Math.max(this.#lastArrivalMs, clock.now() + latencyMs());
    clock.after(this.#lastArrivalMs - clock.now(), () => {
      const other = this.#other;
      if (other === null || other.#isDead) onLoss();
      else arrive(other);
    });
  }
}
