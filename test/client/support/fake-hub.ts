/** The other end of a client's sockets, which a test controls. */
import type { HttpAnswer, Ports, Return, Socket, SocketEvents } from "../../../src/client/ports.ts";
import { decodeMessage, encodeFrame } from "../../../src/protocol/frame.ts";
import type { MessageTypeName } from "../../../src/protocol/messages/table.ts";
import { frame, NIL, seen, uuid, uuidBytes, type Seen } from "../../support/frames.ts";
import { HandClock } from "./hand-clock.ts";

/** The client's n-th uuid, counted from 0. */
export function nthId(n: number): string {
  return uuid(n + 1);
}

export class FakeHub {
  readonly clock = new HandClock();
  readonly sockets: FakeSocket[] = [];
  readonly ports: Ports;
  /** What `random()` returns. 1 makes each pause as long as its ceiling. */
  random = 1;
  #uuids = 0;
  #returnListeners = new Set<(news: Return) => void>();
  /** If set, `openSocket` throws it, as if the platform refused the URL. */
  refusesUrl: Error | null = null;
  /** What the client asks over HTTP, in order. */
  readonly questions: Question[] = [];

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
      onReturn: (run) => {
        this.#returnListeners.add(run);
        return () => void this.#returnListeners.delete(run);
      },
      httpGet: (url, token, signal) =>
        new Promise((resolve, reject) => {
          this.questions.push({ url, token, signal, answer: resolve, fail: reject });
        }),
    };
  }

  /** The socket that was opened last. */
  get socket(): FakeSocket {
    const socket = this.sockets.at(-1);
    if (socket === undefined) throw new Error("the client has opened no socket");
    return socket;
  }

  /** Acts as if the network or the page were back. */
  comeBack(news: Return = "page"): void {
    for (const run of this.#returnListeners) run(news);
  }

  get listensForReturns(): boolean {
    return this.#returnListeners.size > 0;
  }

  /** Lets the client's current attempt succeed. */
  async accept(ack: object = {}): Promise<FakeSocket> {
    await this.clock.turn();
    const { socket } = this;
    socket.open();
    socket.acceptConnect(ack);
    await this.clock.turn();
    return socket;
  }
}

export interface Question {
  readonly url: string;
  readonly token: string;
  readonly signal: AbortSignal;
  answer(answer: HttpAnswer): void;
  fail(reason: unknown): void;
}

export class FakeSocket implements Socket {
  readonly url: URL;
  readonly protocols: readonly string[];
  /** Everything that the client wrote, one entry per message: a text, or the message's frames. */
  readonly messages: (string | Seen[])[] = [];
  /** The code with which the client closed it: null without a code, undefined if it is not closed. */
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

  /** All frames that the client wrote. */
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
    this.sendFrame("CONNECT_ACK", { ...fields, ...ack }, connect.uuid);
  }

  sendFrame(type: MessageTypeName | number, payload: object | string | Uint8Array, id = NIL): void {
    this.message(frame(type, payload, id));
  }

  acknowledge(signal: Seen | undefined): void {
    this.sendFrame("SIGNAL_ACK", { status: "delivered", target_client_id: "bob" }, signal?.uuid);
  }

  refuse(code: number, id: string = NIL, more: object = {}): void {
    this.sendFrame("ERROR", { error_code: code, error_message: `text of ${code}`, ...more }, id);
  }

  message(message: string | Uint8Array | null): void {
    this.#events.message(message);
  }

  /** Closes the socket, as the hub or the network (1006) does. */
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
