/** A socket on plain objects, and the peer at its other end. */
import type { Connection } from "../../src/hub/connection.ts";
import type { HubSocket } from "../../src/hub/ports.ts";
import { CLOSE_CODES } from "../../src/protocol/close-codes.ts";
import { fromAttachment, toAttachment } from "../../src/worker/sockets/attachment.ts";
import { seenAll, type Seen } from "../support/frames.ts";
import { Inbox } from "../support/inbox.ts";
import type { Peer } from "./world.ts";

export class PlainSocket implements HubSocket {
  readonly inbox = new Inbox<Seen | string>();
  readonly closed: Promise<number>;
  messages = 0;
  connection: Connection;
  readonly #now: () => number;
  #lastPingMs: number | null = null;
  #isOpen = true;
  #onClosed: (code: number) => void = () => {};

  constructor(connection: Connection, now: () => number) {
    this.connection = connection;
    this.#now = now;
    this.closed = new Promise((resolve) => {
      this.#onClosed = resolve;
    });
  }

  /** Turned by a test: the peer has stopped reading. */
  isBacklogged = false;

  send(bytes: Uint8Array): boolean {
    if (this.isBacklogged) return false;
    if (!this.#isOpen) return false;
    this.messages += 1;
    for (const frame of seenAll(bytes.slice())) this.inbox.put(frame);
    return true;
  }

  close(name: keyof typeof CLOSE_CODES): void {
    this.closeWith(CLOSE_CODES[name].code);
  }

  closeWith(code: number): void {
    this.#isOpen = false;
    this.#onClosed(code);
  }

  lastPingMs(): number | null {
    return this.#lastPingMs;
  }

  ping(): void {
    this.#lastPingMs = this.#now();
    this.messages += 1;
    this.inbox.put("pong");
  }

  break(): void {
    this.closeWith(1006);
  }

  sleep(): void {
    const kept = fromAttachment(structuredClone(toAttachment(this.connection)));
    if (kept === null) throw new Error("the attachment cannot be read");
    this.connection = kept;
  }
}

export class PlainPeer implements Peer {
  readonly #socket: PlainSocket;
  readonly closed: Promise<number>;
  readonly send: Peer["send"];
  readonly next: Peer["next"];
  readonly #gone: (code: number) => Promise<void>;

  constructor(socket: PlainSocket, send: Peer["send"], gone: (code: number) => Promise<void>) {
    this.#socket = socket;
    this.send = send;
    this.next = () => socket.inbox.next();
    this.closed = socket.closed;
    this.#gone = gone;
  }

  messages(): number {
    return this.#socket.messages;
  }

  close(code = 1000): Promise<void> {
    return this.#gone(code);
  }

  /** More waits for it than the hub lets wait. */
  stopReading(): void {
    this.#socket.isBacklogged = true;
  }
}
