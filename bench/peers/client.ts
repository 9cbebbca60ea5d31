/** One client of a pair: it sends the same signal again and again, numbered, and checks its partner's numbers. */
import type { Socket } from "node:net";
import { WebSocket } from "ws";
import { FRAME_BYTES } from "../signals.ts";
import { DIGITS, MARK, type Identity, type Protocol, type Talk } from "./adapter.ts";
import type { Latencies } from "./latencies.ts";

const MARK_WORD = Buffer.from(MARK).readUInt32BE();
const ZERO = "0".charCodeAt(0);

/** More signals than are ever in flight. */
const RING = 256;

export class Client {
  sent = 0;
  received = 0;
  /** How many texts came that are not signals. */
  answers = 0;
  /** The first thing that this client must not see, and saw. */
  fault: string | null = null;
  /** The client that signals this one. */
  partner: Client | null = null;
  readonly #ws: WebSocket;
  readonly #protocol: Protocol;
  readonly #latencies: Latencies;
  readonly #sentAt = new Float64Array(RING);
  #signal: Buffer = Buffer.alloc(0);
  /** Where the number stands in a signal that is sent, and where the mark stood in the last one that arrived. */
  #numberAt = 0;
  #markAt = 0;
  #burst = 1;
  #isRunning = false;

  private constructor(ws: WebSocket, protocol: Protocol, latencies: Latencies) {
    this.#ws = ws;
    this.#protocol = protocol;
    this.#latencies = latencies;
  }

  /** Resolves with a client that can signal the client `to`. */
  static async open(
    url: string,
    protocol: Protocol,
    self: Identity,
    to: string,
    latencies: Latencies,
  ): Promise<Client> {
    const ws = await openSocket(url, protocol, self);
    const client = new Client(ws, protocol, latencies);
    client.#signal = protocol.signal(self.id, to);
    client.#numberAt = client.#signal.indexOf(MARK) + MARK.length;
    ws.on("message", (message: Buffer) => client.#receive(message));
    ws.on("close", (code) => (client.fault ??= `a client was closed with ${code}`));
    return client;
  }

  start(inFlight: number, burst: number): void {
    this.#isRunning = true;
    this.#burst = burst;
    for (let at = 0; at < inFlight; at += burst) this.#send();
  }

  stop(): void {
    this.#isRunning = false;
  }

  beat(): void {
    const { beat } = this.#protocol;
    if (beat !== undefined) this.#ws.send(beat);
  }

  /** When the signal with the number `at` was sent. */
  sentAt(at: number): number {
    return this.#sentAt[at % RING] ?? 0;
  }

  #send(): void {
    const { batches, isBinary } = this.#protocol;
    if (this.#burst === 1) {
      this.#ws.send(this.#next(), { binary: isBinary });
      return;
    }
    if (batches) {
      const frames = Array.from({ length: this.#burst }, () => Buffer.from(this.#next()));
      this.#ws.send(Buffer.concat(frames), { binary: true });
      return;
    }
    // One write for all messages of the burst: the bench measures the server, not its own system calls.
    const socket = (this.#ws as unknown as { readonly _socket: Socket })._socket;
    socket.cork();
    for (let at = 0; at < this.#burst; at += 1) this.#ws.send(this.#next(), { binary: isBinary });
    socket.uncork();
  }

  /** ws copies a Buffer when it masks it, so writing the next number does not change this message. */
  #next(): Buffer {
    let rest = this.sent;
    for (let digit = this.#numberAt + DIGITS - 1; digit >= this.#numberAt; digit -= 1) {
      this.#signal[digit] = ZERO + (rest % 10);
      rest = Math.floor(rest / 10);
    }
    this.#sentAt[this.sent % RING] = performance.now();
    this.sent += 1;
    return this.#signal;
  }

  #receive(message: Buffer): void {
    let at = this.#markAt;
    if (at + 4 > message.length || message.readUInt32BE(at) !== MARK_WORD) {
      at = message.indexOf(MARK);
      if (at === -1) return this.#receiveOther(message);
      this.#markAt = at;
    }
    while (at !== -1) {
      this.#take(message, at + MARK.length);
      // A message can hold several signals. With its source's stamp each is longer than FRAME_BYTES.
      at = message.length - at < FRAME_BYTES ? -1 : message.indexOf(MARK, at + MARK.length);
    }
  }

  #take(message: Buffer, numberAt: number): void {
    let number = 0;
    for (let at = numberAt; at < numberAt + DIGITS; at += 1) {
      number = number * 10 + (message[at] ?? 0) - ZERO;
    }
    if (number !== this.received) {
      this.fault ??= `a client got signal ${number}, expected ${this.received}`;
    }
    this.#latencies.add(performance.now() - (this.partner?.sentAt(number) ?? 0));
    this.received += 1;
    if (this.#isRunning && this.received % this.#burst === 0) this.#send();
  }

  #receiveOther(message: Buffer): void {
    const answer = this.#protocol.answer?.(message);
    if (typeof answer === "string") return this.#ws.send(answer);
    if (message.length < 16) this.answers += 1;
    else this.fault ??= `a client got ${message.toString("latin1", 0, 80)}`;
  }
}

/** Resolves with a socket on which signals can be sent. */
export async function openSocket(
  url: string,
  protocol: Protocol,
  self: Identity,
): Promise<WebSocket> {
  // No compression, although browsers offer it: it would cost more than everything else.
  const ws = new WebSocket(`${url}${protocol.path(self)}`, {
    perMessageDeflate: false,
    skipUTF8Validation: true,
  });
  const talk = talkOf(ws);
  await new Promise((resolve, reject) => ws.once("open", resolve).once("error", reject));
  await protocol.handshake?.(talk, self);
  ws.removeAllListeners("message");
  return ws;
}

/** Keeps messages from the beginning, because a server may send the first one. */
function talkOf(ws: WebSocket): Talk {
  const inbox: Buffer[] = [];
  let waiting: ((message: Buffer) => void) | null = null;
  ws.on("message", (message: Buffer) => {
    if (waiting === null) inbox.push(message);
    else waiting(message);
    waiting = null;
  });
  return {
    send: (message) => ws.send(message),
    next: () =>
      new Promise((resolve, reject) => {
        const first = inbox.shift();
        if (first !== undefined) return resolve(first);
        waiting = resolve;
        ws.once("close", (code) => reject(new Error(`closed with ${code} in the handshake`)));
      }),
  };
}
