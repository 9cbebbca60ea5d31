/** One client of a pair: it sends the same signal again and again, numbered, and checks its partner's numbers. */
import { WebSocket } from "ws";
import { encodeFrame } from "../../src/protocol/frame.ts";
import { MESSAGE_TYPES } from "../../src/protocol/messages/table.ts";
import { PAYLOAD_TYPES } from "../../src/protocol/encodings/payload-types.ts";
import { encodeUtf8 } from "../../src/protocol/encodings/utf8.ts";
import { NIL_UUID } from "../../src/protocol/uuid.ts";
import { SIGNAL_PAYLOADS } from "../signals.ts";
import { clientIdOf, tokenOf } from "./hub-settings.ts";
import type { ConnectCommand } from "./load-messages.ts";

const MESSAGE_TYPE_AT = 1;
/** The first byte of the uuid is the target's number, which is all that the blind relay reads. */
const TARGET_NUMBER_AT = 2;
/** The last four bytes of the uuid number the signals of a sender. */
const SEQUENCE_AT = 14;

export class PairedClient {
  sent = 0;
  received = 0;
  /** The first thing that this client must not see, and saw. */
  fault: string | null = null;
  readonly #ws: WebSocket;
  readonly #signal: Buffer;
  #running = false;

  private constructor(ws: WebSocket, signal: Buffer) {
    this.#ws = ws;
    this.#signal = signal;
    ws.on("message", (frame: Buffer) => this.#receive(frame));
    ws.on("close", (code) => (this.fault ??= `a client was closed with ${code}`));
  }

  /** Resolves with a client that can signal; on the hub that is after its CONNECT_ACK. */
  static async open({ url, side }: ConnectCommand, number: number): Promise<PairedClient> {
    // No compression, although browsers offer it: it would cost more than everything else.
    const ws = new WebSocket(`${url}?client_id=${clientIdOf(number)}&number=${number}`, {
      perMessageDeflate: false,
    });
    await new Promise((resolve, reject) => ws.once("open", resolve).once("error", reject));
    if (side === "hub") await connect(ws, number);
    // Pairs are 0 and 1, 2 and 3, so the partner's number differs in the last bit.
    return new PairedClient(ws, signalTo(number ^ 1));
  }

  start(window: number): void {
    this.#running = true;
    for (let inFlight = 0; inFlight < window; inFlight += 1) this.#send();
  }

  stop(): void {
    this.#running = false;
  }

  close(): void {
    this.#ws.removeAllListeners("close");
    this.#ws.close();
  }

  #send(): void {
    this.#signal.writeUInt32BE(this.sent, SEQUENCE_AT);
    this.sent += 1;
    // ws copies a Buffer when it masks it, so writing the next number does not change this message.
    this.#ws.send(this.#signal);
  }

  #receive(frame: Buffer): void {
    if (frame[MESSAGE_TYPE_AT] !== MESSAGE_TYPES.SIGNAL_OFFER.value) {
      this.fault ??= `a client got ${frame.toString("latin1", 21)}`;
    } else if (frame.readUInt32BE(SEQUENCE_AT) !== this.received) {
      this.fault ??= `a client got signal ${frame.readUInt32BE(SEQUENCE_AT)}, expected ${this.received}`;
    }
    this.received += 1;
    if (this.#running) this.#send();
  }
}

function signalTo(number: number): Buffer {
  const uuid = new Uint8Array(NIL_UUID);
  uuid[TARGET_NUMBER_AT - 2] = number;
  return Buffer.from(
    encodeFrame({
      messageType: MESSAGE_TYPES.SIGNAL_OFFER.value,
      uuid,
      payloadType: PAYLOAD_TYPES.JSON.value,
      payload: SIGNAL_PAYLOADS.JSON(clientIdOf(number)),
    }),
  );
}

async function connect(ws: WebSocket, number: number): Promise<void> {
  const request = { client_id: clientIdOf(number), auth_token: tokenOf(number) };
  const answered = new Promise<Buffer>((resolve) => ws.once("message", resolve));
  ws.send(
    encodeFrame({
      messageType: MESSAGE_TYPES.CONNECT.value,
      uuid: NIL_UUID,
      payloadType: PAYLOAD_TYPES.JSON.value,
      payload: encodeUtf8(JSON.stringify(request)),
    }),
  );
  const answer = await answered;
  if (answer[MESSAGE_TYPE_AT] !== MESSAGE_TYPES.CONNECT_ACK.value) {
    throw new Error(`CONNECT was answered ${answer.toString("latin1", 21)}`);
  }
}
