/** The other end of a client's sockets, in a test's hand. */
import type { Ports, Socket, SocketEvents } from "../../../src/client/ports.ts";
import { decodeMessage, encodeFrame } from "../../../src/protocol/frame.ts";
import type { MessageTypeName } from "../../../src/protocol/messages/table.ts";
import { frame, NIL, seen, uuid, uuidBytes, type Seen } from "../../support/frames.ts";
import { HandClock } from "./hand-clock.ts";

/** What the client's n-th `uuid()` is, from 0. */
export function nthId(n: number): string {
  return uuid(n + 1);
}

export class FakeHub {
  readonly clock = new HandClock();
  readonly sockets: FakeSocket[] = [];
  readonly ports: Ports;
  /** What `random()` gives: 1 is, all but, the longest pause. */
  random = 1;
  #uuids = 0;
  #wakes = new Set<() => void>();
  /** The platform refuses the URL. */
  refusesUrl: Error | null = null;

  constructor() {
    this.ports = {
      openSocket: (url, protocols, events) => {
        if (this.refusesUrl !== null) throw this.refusesUrl;
        const socket = new FakeSocket(url, protocols, events);
        this.sockets.push(socket);
        return socket;
      },
      clock: this.clock,
      random: () => this.random,
      uuid: () => uuidBytes(nthId(this.#uuids++)),
      onWake: (run) => {
        this.#wakes.add(run);
        return () => void this.#wakes.delete(run);
      },
    };
  }

  /** The one that was opened last. */
  get socket(): FakeSocket {
    const socket = this.sockets.at(-1);
    if (socket === undefined) throw new Error("the client has opened no socket");
    return socket;
  }

  /** The network, or the page, is back. */
  wake(): void {
    for (const run of this.#wakes) run();
  }

  get listensForWakes(): boolean {
    return this.#wakes.size > 0;
  }

  /** Lets the client's present attempt succeed. */
  async accept(ack: object = {}): Promise<FakeSocket> {
    await this.clock.turn();
    const { socket } = this;
    socket.open();
    socket.acceptConnect(ack);
    await this.clock.turn();
    return socket;
  }
}

export class FakeSocket implements Socket {
  readonly url: URL;
  readonly protocols: readonly string[];
  /** Everything that the client wrote: one entry a message, a text or its frames. */
  readonly messages: (string | Seen[])[] = [];
  /** What the client closed it with; undefined: it did not. `null`: without a code. */
  closedWith: number | null | undefined;
  readonly #events: SocketEvents;

  constructor(url: string, protocols: string[], events: SocketEvents) {
    this.url = new URL(url);
    this.protocols = protocols;
    this.#events = events;
  }

  send(message: string | Uint8Array<ArrayBuffer>): void {
    this.messages.push(typeof message === "string" ? message : framesOf(message));
  }

  close(code?: number): void {
    this.closedWith ??= code ?? null;
  }

  /** All frames that the client wrote, whatever messages they shared. */
  get frames(): Seen[] {
    return this.messages.flatMap((message) => (typeof message === "string" ? [] : message));
  }

  /** The frames of signals that the client wrote. */
  get signals(): Seen[] {
    return this.frames.filter(({ type }) => typeof type === "string" && type.startsWith("SIGNAL"));
  }

  open(): void {
    this.#events.opened();
  }

  acceptConnect(ack: object = {}): void {
    const connect = this.frames.find(({ type }) => type === "CONNECT");
    if (connect === undefined) throw new Error("the client has sent no CONNECT");
    const fields = {
      status: "success",
      session_id: "session",
      client_id: "alice",
      heartbeat_interval: 30,
      server_time: 0,
      capabilities: ["ack"],
    };
    this.say("CONNECT_ACK", { ...fields, ...ack }, connect.uuid);
  }

  say(type: MessageTypeName | number, payload: object | string | Uint8Array, id = NIL): void {
    this.message(frame(type, payload, id));
  }

  acknowledge(signal: Seen | undefined): void {
    this.say("SIGNAL_ACK", { status: "delivered", target_client_id: "bob" }, signal?.uuid);
  }

  refuse(code: number, id: string = NIL, more: object = {}): void {
    this.say("ERROR", { error_code: code, error_message: `says ${code}`, ...more }, id);
  }

  message(message: string | Uint8Array | null): void {
    this.#events.message(message);
  }

  /** The socket has gone: the hub closed it, or the network (1006). */
  closed(code: number): void {
    this.#events.closed(code, "");
  }
}

function framesOf(message: Uint8Array): Seen[] {
  return Array.from(decodeMessage(message), (decoded) => {
    if (decoded.kind === "failure") throw new Error(`framing: ${decoded.failure.fault}`);
    return seen(encodeFrame(decoded.frame));
  });
}
