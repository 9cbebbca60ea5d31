/** What a socket sends: reads each item of a message, limits the rate, and hands the item on by the connection's state. */
import { exceedsBytes } from "../protocol/encodings/utf8.ts";
import { MAX_LOST_FRAMINGS } from "../protocol/limits.ts";
import { replyToOf, UNSOLICITED, type Inbound, type WireMessage } from "../wires/wire.ts";
import type { Connected } from "./connection.ts";
import type { Connections } from "./connections.ts";
import type { Deliverer } from "./deliver.ts";
import type { FeatureParts } from "./features/feature.ts";
import type { Handshakes } from "./features/handshake.ts";
import { receiveInSession } from "./features/in-session.ts";
import type { OutboundBatcher } from "./outbound.ts";
import type { HubPorts, HubSettings, HubSocket } from "./ports.ts";
import { consume, retryAfterMs, type Bucket } from "./rate-limit.ts";

/** Handles incoming messages. It knows what every state of a connection accepts, and no message by its contents. */
export class Receiver {
  readonly #ports: Pick<HubPorts, "stats" | "now">;
  readonly #settings: HubSettings;
  readonly #outbound: OutboundBatcher;
  readonly #connections: Connections;
  readonly #deliverer: Deliverer;
  readonly #handshakes: Handshakes;
  readonly #parts: FeatureParts;

  constructor(
    ports: Pick<HubPorts, "stats" | "now">,
    settings: HubSettings,
    parts: FeatureParts & {
      readonly outbound: OutboundBatcher;
      readonly handshakes: Handshakes;
    },
  ) {
    this.#ports = ports;
    this.#settings = settings;
    this.#outbound = parts.outbound;
    this.#connections = parts.connections;
    this.#deliverer = parts.deliverer;
    this.#handshakes = parts.handshakes;
    this.#parts = parts;
  }

  /**
   * Handles every item of one message, in order. Returns undefined when all is done: no signal within this hub waits or
   * writes. Returns a promise while a CONNECT is verified or other hubs are asked. Never throws or rejects.
   */
  receive(socket: HubSocket, message: WireMessage): Promise<void> | undefined {
    if (isClosed(socket)) return undefined;
    if (exceedsBytes(message, this.#settings.maxMessageBytes)) {
      return void this.#connections.refuse(socket, UNSOLICITED, "message.too-large");
    }
    // One reading is enough: the clock of Workers does not advance while code runs.
    const nowMs = this.#ports.now();
    const first = socket.wire.read(message, 0);
    let pending: Promise<void> | undefined;
    if (first.end >= message.length) pending = this.#admit(socket, first, nowMs);
    else this.#outbound.batch(() => (pending = this.#admitAll(socket, message, first, nowMs)));
    const remote = this.#deliverer.sendToOtherHubs();
    return pending === undefined ? remote : this.#followUp(pending, remote);
  }

  /** Signals that waited behind a CONNECT leave when their turn has come. */
  async #followUp(pending: Promise<void>, remote: Promise<void> | undefined): Promise<void> {
    await pending;
    await Promise.all([remote, this.#deliverer.sendToOtherHubs()]);
  }

  #admitAll(
    socket: HubSocket,
    message: WireMessage,
    first: Inbound,
    nowMs: number,
  ): Promise<void> | undefined {
    let pending = this.#admit(socket, first, nowMs);
    for (let at = first.end; at < message.length && !isClosed(socket);) {
      const inbound = socket.wire.read(message, at);
      // At most one item returns a promise: all that come behind a CONNECT under verification wait.
      pending = this.#admit(socket, inbound, nowMs) ?? pending;
      at = inbound.end;
    }
    return pending;
  }

  /** Counts one item as it arrives, and limits the rate. */
  #admit(socket: HubSocket, inbound: Inbound, nowMs: number): Promise<void> | undefined {
    const { connection } = socket;
    if (connection.state === "closed") return undefined;
    if (inbound.kind === "request") {
      this.#ports.stats.received(inbound.request.messageType, inbound.bytes);
    }
    const { bucket, verdict } = consume(connection.bucket, this.#settings, nowMs);
    const lostFramings = countLostFramings(connection.lostFramings, inbound);
    socket.connection =
      connection.state === "connected" && inbound.kind === "request"
        ? countFrame(connection, bucket, nowMs)
        : { ...connection, bucket, lostFramings };
    if (verdict === "passed") {
      // Decided on arrival, even behind a CONNECT: by the time this item is handled, the counter includes later ones.
      return lostFramings >= MAX_LOST_FRAMINGS && inbound.kind === "unreadable"
        ? void this.#connections.refuse(socket, inbound.replyTo, "frame.lost")
        : this.#handleSafely(socket, inbound, nowMs);
    }
    return void this.#refuseRate(socket, inbound, bucket, verdict, nowMs);
  }

  #refuseRate(
    socket: HubSocket,
    inbound: Inbound,
    bucket: Bucket,
    verdict: "refused" | "abuse",
    nowMs: number,
  ): void {
    const replyTo = replyToOf(inbound);
    if (verdict === "abuse") return this.#connections.refuse(socket, replyTo, "rate.abuse");
    const details = { retryAfterMs: retryAfterMs(bucket, this.#settings, nowMs) };
    this.#connections.refuse(socket, replyTo, "rate.exceeded", details);
  }

  /** Handles one item when its turn has come. A fault of our own is answered ERROR 500 (ER4). */
  #handleSafely(socket: HubSocket, inbound: Inbound, nowMs: number): Promise<void> | undefined {
    try {
      return this.#handleByState(socket, inbound, nowMs);
    } catch (error) {
      this.#connections.fail(socket, replyToOf(inbound), error);
      return undefined;
    }
  }

  #handleByState(socket: HubSocket, inbound: Inbound, nowMs: number): Promise<void> | undefined {
    const { connection } = socket;
    if (connection.state === "closed") return undefined;
    if (connection.state === "authenticating") {
      return void this.#handshakes.enqueue(socket, connection, inbound);
    }
    if (inbound.kind === "unreadable") {
      return void this.#connections.refuse(socket, inbound.replyTo, inbound.fault);
    }
    if (connection.state === "awaiting-connect") {
      return this.#handshakes.receive(socket, connection, inbound.request, (waited, next) =>
        this.#handleSafely(waited, next, this.#ports.now()),
      );
    }
    receiveInSession(this.#parts, socket, inbound.request, nowMs);
    return undefined;
  }
}

function isClosed(socket: HubSocket): boolean {
  return socket.connection.state === "closed";
}

/** Written out because it runs for every frame: a spread of seven fields costs three times as much. */
function countFrame(connection: Connected, bucket: Bucket, nowMs: number): Connected {
  const { socketId, session, frameCount } = connection;
  return {
    state: "connected",
    socketId,
    bucket,
    lostFramings: 0,
    session,
    lastActivityMs: nowMs,
    frameCount: frameCount + 1,
  };
}

/** Text says nothing about framing. A frame that could be read ends the series of lost framings (FR6). */
function countLostFramings(before: number, inbound: Inbound): number {
  if (inbound.kind === "request") return 0;
  return inbound.losesFraming ? before + 1 : before;
}
