/** What a socket sends: every inbound is counted, its rate is limited, and the state of its connection says who handles it. */
import { exceedsBytes } from "../protocol/encodings/utf8.ts";
import { MAX_LOST_FRAMINGS } from "../protocol/limits.ts";
import { replyToOf, UNSOLICITED, type Inbound, type WireMessage } from "../wires/wire.ts";
import type { Connected } from "./connection.ts";
import type { Connections } from "./connections.ts";
import type { Deliverer } from "./deliver.ts";
import type { SessionRules } from "./features/feature.ts";
import type { Handshakes } from "./features/handshake.ts";
import { receiveInSession } from "./features/in-session.ts";
import type { OutboundBatcher } from "./outbound.ts";
import type { HubPorts, HubSettings, HubSocket } from "./ports.ts";
import { consume, retryAfterMs, type Bucket } from "./rate-limit.ts";

export class Receiver {
  readonly #ports: Pick<HubPorts, "stats" | "now">;
  readonly #settings: HubSettings;
  readonly #outbound: OutboundBatcher;
  readonly #connections: Connections;
  readonly #deliverer: Deliverer;
  readonly #handshakes: Handshakes;
  readonly #rules: SessionRules;

  constructor(
    ports: Pick<HubPorts, "stats" | "now">,
    settings: HubSettings,
    rules: SessionRules & {
      readonly outbound: OutboundBatcher;
      readonly handshakes: Handshakes;
    },
  ) {
    this.#ports = ports;
    this.#settings = settings;
    this.#outbound = rules.outbound;
    this.#connections = rules.connections;
    this.#deliverer = rules.deliverer;
    this.#handshakes = rules.handshakes;
    this.#rules = rules;
  }

  /**
   * Handles every inbound of one message, in order. Synchronous and without a write, except for a CONNECT, which is
   * verified, and for signals to other hubs: then the promise of their answers. Never throws, never rejects.
   */
  receive(socket: HubSocket, message: WireMessage): Promise<void> | undefined {
    if (isClosed(socket)) return undefined;
    if (exceedsBytes(message, this.#settings.maxMessageBytes)) {
      return void this.#connections.refuse(socket, UNSOLICITED, "message.too-large");
    }
    // Once per message: the platform's clock, too, stands still while code runs.
    const nowMs = this.#ports.now();
    const first = socket.wire.read(message, 0);
    let pending: Promise<void> | undefined;
    if (first.end >= message.length) pending = this.#take(socket, first, nowMs);
    else this.#outbound.batch(() => (pending = this.#takeAll(socket, message, first, nowMs)));
    const remote = this.#deliverer.flush();
    return pending === undefined ? remote : this.#followUp(pending, remote);
  }

  /** Signals that waited behind a CONNECT leave when their turn has come. */
  async #followUp(pending: Promise<void>, remote: Promise<void> | undefined): Promise<void> {
    await pending;
    await Promise.all([remote, this.#deliverer.flush()]);
  }

  #takeAll(
    socket: HubSocket,
    message: WireMessage,
    first: Inbound,
    nowMs: number,
  ): Promise<void> | undefined {
    let pending = this.#take(socket, first, nowMs);
    for (let at = first.end; at < message.length && !isClosed(socket);) {
      const inbound = socket.wire.read(message, at);
      pending = this.#take(socket, inbound, nowMs) ?? pending;
      at = inbound.end;
    }
    return pending;
  }

  /** Counts one inbound as it arrives, and limits its rate. */
  #take(socket: HubSocket, inbound: Inbound, nowMs: number): Promise<void> | undefined {
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
      // Judged on arrival, also behind a CONNECT: when its turn comes, the count is of what came later.
      return lostFramings >= MAX_LOST_FRAMINGS && inbound.kind === "unreadable"
        ? void this.#connections.refuse(socket, inbound.replyTo, "frame.lost")
        : this.#handle(socket, inbound, nowMs);
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

  /** Handles one inbound when its turn has come. */
  #handle(socket: HubSocket, inbound: Inbound, nowMs: number): Promise<void> | undefined {
    try {
      return this.#dispatch(socket, inbound, nowMs);
    } catch (error) {
      this.#connections.fail(socket, replyToOf(inbound), error);
      return undefined;
    }
  }

  #dispatch(socket: HubSocket, inbound: Inbound, nowMs: number): Promise<void> | undefined {
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
        this.#handle(waited, next, this.#ports.now()),
      );
    }
    receiveInSession(this.#rules, socket, inbound.request, nowMs);
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

/** Text says nothing about framing; a frame that could be read ends the row of lost framings (FR6). */
function countLostFramings(before: number, inbound: Inbound): number {
  if (inbound.kind === "request") return 0;
  return inbound.losesFraming ? before + 1 : before;
}
