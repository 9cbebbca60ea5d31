/** A hub's socket on the kernel's network, and the client at its other end. */
import type { Connection as ConnectionState } from "../../src/hub/connection.ts";
import type { HubSocket } from "../../src/hub/ports.ts";
import { CLOSE_CODES } from "../../src/protocol/close-codes.ts";
import { framesWire } from "../../src/wires/frames.ts";
import type { WireMessage } from "../../src/wires/wire.ts";
import { fromAttachment, toAttachment } from "../../src/worker/sockets/attachment.ts";
import type { Clock } from "../kernel/clock.ts";
import type { Connection, End } from "../kernel/connection.ts";
import { seenAll, type Seen } from "../support/frames.ts";
import { Inbox } from "../support/inbox.ts";
import type { Peer } from "./world.ts";

export class PlainSocket implements HubSocket {
  readonly wire = framesWire;
  connection: ConnectionState;
  /** A test turns it on: the client has stopped reading. */
  isBacklogged = false;
  readonly #end: End;
  readonly #clock: Clock;
  #lastPingMs: number | null = null;

  constructor(connection: ConnectionState, end: End, clock: Clock) {
    this.connection = connection;
    this.#end = end;
    this.#clock = clock;
  }

  send(message: WireMessage): boolean {
    if (this.isBacklogged || !this.#end.canSend) return false;
    void this.#end.send(message.slice());
    return true;
  }

  close(name: keyof typeof CLOSE_CODES): void {
    this.#end.close(CLOSE_CODES[name].code);
  }

  lastPingMs(): number | null {
    return this.#lastPingMs;
  }

  /** The platform answers a text `ping` itself, and wakes nobody. */
  ping(): void {
    this.#lastPingMs = this.#clock.now();
    void this.#end.send("pong");
  }

  /** Only the attachment outlives the hub's memory. */
  sleep(): void {
    const kept = fromAttachment(structuredClone(toAttachment(this.connection)));
    if (kept === null) throw new Error("the attachment cannot be read");
    this.connection = kept;
  }
}

export class PlainPeer implements Peer {
  readonly closed: Promise<number>;
  readonly connection: Connection;
  /** Every frame and text that has arrived, in order. */
  readonly received: (Seen | string)[] = [];
  readonly #socket: PlainSocket;
  readonly #clock: Clock;
  readonly #inbox = new Inbox<Seen | string>();
  #messages = 0;

  constructor(connection: Connection, socket: PlainSocket, clock: Clock) {
    this.connection = connection;
    this.#socket = socket;
    this.#clock = clock;
    this.closed = new Promise((resolve) => {
      connection.client.attach({
        receive: (message) => {
          this.#messages += 1;
          const all = typeof message === "string" ? [message] : seenAll(message);
          this.received.push(...all);
          for (const each of all) this.#inbox.put(each);
        },
        // Does not answer the close, so that what a test sends afterwards counts as sent before the hub closed.
        closed: resolve,
      });
    });
  }

  /** The hub has handled it when this resolves, and what it sent in answer has arrived. */
  async send(message: Uint8Array | string): Promise<void> {
    await this.#handled(this.connection.client.send(message));
  }

  next(): Promise<Seen | string> {
    return this.#inbox.next();
  }

  messages(): number {
    return this.#messages;
  }

  close(code = 1000): Promise<void> {
    this.connection.client.close(code);
    return this.#clock.settle();
  }

  /** From now on more bytes wait for the client than the hub allows (RL3). */
  stopReading(): void {
    this.#socket.isBacklogged = true;
  }

  async #handled(event: Promise<void>): Promise<void> {
    await this.#clock.settle();
    await event;
    await this.#clock.settle();
  }
}
