/**
 * The rules of the hub: what happens when a socket opens, a message arrives, a socket closes, a deadline passes.
 * No clock, no platform, no storage of its own: `ports.ts` says what it needs.
 */
import type { Grant } from "../auth/grant.ts";
import type { ClientId } from "../protocol/client-id.ts";
import type { Fault } from "../protocol/errors.ts";
import { MAX_LOST_FRAMINGS } from "../protocol/limits.ts";
import { exceedsBytes } from "../protocol/encodings/utf8.ts";
import { assertNever } from "../protocol/result.ts";
import { framesWire } from "../wires/frames.ts";
import { UNSOLICITED } from "../wires/wire.ts";
import type { Connected, Connection, SessionId } from "./connection.ts";
import { HubContext, type HubPorts } from "./context.ts";
import { enqueue, receiveHandshake } from "./features/handshake.ts";
import { replyToOf, type Inbound } from "./inbound.ts";
import type { HubSettings, HubSocket, ForwardedSignal } from "./ports.ts";
import { deliver, inform, kick, type SessionInformation } from "./operations.ts";
import { draw, fullBucket, retryAfterMs, type Bucket } from "./rate-limit.ts";
import { receiveConnected } from "./features/signals.ts";
import { drain, sweep } from "./sweep.ts";

export class Hub {
  readonly #context: HubContext;

  constructor(ports: HubPorts, settings: HubSettings) {
    this.#context = new HubContext(ports, settings);
  }

  /** Whether one more socket may be opened. There is headroom over the sessions, so that a full hub can be taken over (UP6). */
  get hasRoom(): boolean {
    const { settings, ports } = this.#context;
    const { maxSessions } = settings;
    const headroom = Math.max(16, Math.ceil(maxSessions / 10));
    return ports.sockets.count < maxSessions + headroom && !ports.sockets.isFull;
  }

  /**
   * The first state of a socket. `grant`: what the upgrade's credentials allow, if it had any. `expected`: the id that the
   * upgrade named, and so the socket's place was chosen for (CO7). Who comes first after a reset ends what it left (SE5).
   */
  greet(
    id: SessionId,
    grant: Grant | null,
    expected: ClientId | null = grant?.clientId ?? null,
  ): Connection {
    const { settings, ports } = this.#context;
    this.#context.reapAllIfReset();
    const nowMs = ports.now();
    const connectByMs = nowMs + settings.connectTimeoutMs;
    this.#context.wakeBy(connectByMs);
    const bucket = fullBucket(nowMs);
    return {
      state: "greeting",
      id,
      bucket,
      lostFramings: 0,
      connectByMs,
      grant,
      expected,
      failures: 0,
    };
  }

  /**
   * Every frame of one message, in order. Synchronous, and without a write, but for a CONNECT: then the promise of its
   * verification, and of what waits behind it. Never throws, never rejects.
   */
  receive(socket: HubSocket, message: string | Uint8Array): Promise<void> | undefined {
    if (socket.connection.state === "closed") return undefined;
    if (exceedsBytes(message, this.#context.settings.maxMessageBytes)) {
      this.#context.refuse(socket, UNSOLICITED, "message.too-large");
      return undefined;
    }
    // Once a message: on the platform, too, the clock stands still while code runs.
    const nowMs = this.#context.ports.now();
    const first = framesWire.read(message, 0);
    let pending: Promise<void> | undefined;
    if (first.end === message.length) pending = this.#take(socket, first, nowMs);
    else this.#context.departures.gather(() => (pending = this.#takeAll(socket, message, nowMs)));
    const abroad = this.#context.abroad.depart();
    return pending === undefined ? abroad : this.#followUp(pending, abroad);
  }

  /** Signals that waited behind a CONNECT leave when their turn has come. */
  async #followUp(pending: Promise<void>, abroad: Promise<void> | undefined): Promise<void> {
    await pending;
    await Promise.all([abroad, this.#context.abroad.depart()]);
  }

  #takeAll(
    socket: HubSocket,
    message: string | Uint8Array,
    nowMs: number,
  ): Promise<void> | undefined {
    let pending: Promise<void> | undefined;
    let at = 0;
    do {
      const inbound = framesWire.read(message, at);
      pending = this.#take(socket, inbound, nowMs) ?? pending;
      at = inbound.end;
    } while (at < message.length && !isClosed(socket));
    return pending;
  }

  /** The socket is gone. `clean`: the peer said so with a close frame. Throws if the session's row cannot be deleted. */
  closed(socket: HubSocket, clean: boolean): void {
    this.#context.end(socket, clean ? "closed" : "dropped");
  }

  /** Ends what is overdue, and sessions whose socket a reset took away. Asks to be woken for the next deadline. */
  sweep(): void {
    sweep(this.#context);
  }

  /** What is known of the client's session; null: it has none. */
  inform(clientId: ClientId): SessionInformation | null {
    return inform(this.#context, clientId);
  }

  /** Ends the client's session (SE7). False: it has none. */
  kick(clientId: ClientId): boolean {
    return kick(this.#context, clientId);
  }

  /** Hands signals from outside this hub to their targets, in order. What became of each; null: delivered. */
  deliver(signals: readonly ForwardedSignal[]): (Fault | null)[] {
    let outcomes: (Fault | null)[] = [];
    this.#context.departures.gather(() => {
      outcomes = signals.map((signal) => deliver(this.#context, signal));
    });
    return outcomes;
  }

  /** Sends everybody away: this hub has no place among the hubs any more, and its clients have another. */
  drain(): void {
    drain(this.#context);
  }

  get wantsWake(): boolean {
    return this.#context.wantsWake;
  }

  /** By when `sweep` wants to run, as far as this event knows; null: no wish. Forgets the wish. */
  takeWakeByMs(): number | null {
    return this.#context.takeWakeByMs();
  }

  /** One inbound as it arrives: counted, limited, and then handled. */
  #take(socket: HubSocket, inbound: Inbound, nowMs: number): Promise<void> | undefined {
    const { connection } = socket;
    if (connection.state === "closed") return undefined;
    const { settings, ports } = this.#context;
    if (inbound.kind === "request") {
      ports.counts.received(inbound.request.messageType, inbound.bytes);
    }
    const { bucket, verdict } = draw(connection.bucket, settings, nowMs);
    const lostFramings = countLostFramings(connection.lostFramings, inbound);
    socket.connection =
      connection.state === "connected" && inbound.kind === "request"
        ? countFrame(connection, bucket, nowMs)
        : { ...connection, bucket, lostFramings };
    switch (verdict) {
      case "passed":
        // Judged on arrival, also behind a CONNECT: when its turn comes the count is of what came later.
        return inbound.kind === "unreadable" &&
          inbound.losesFraming &&
          lostFramings >= MAX_LOST_FRAMINGS
          ? void this.#context.refuse(socket, replyToOf(inbound), "frame.lost")
          : this.#handle(socket, inbound);
      case "refused": {
        const about = { retryAfterMs: retryAfterMs(bucket, settings, nowMs) };
        return void this.#context.refuse(socket, replyToOf(inbound), "rate.exceeded", about);
      }
      case "abuse":
        return void this.#context.refuse(socket, replyToOf(inbound), "rate.abuse");
    }
  }

  /** One inbound whose turn it is. */
  #handle(socket: HubSocket, inbound: Inbound): Promise<void> | undefined {
    try {
      return this.#dispatch(socket, inbound);
    } catch (error) {
      this.#context.fail(socket, replyToOf(inbound), error);
      return undefined;
    }
  }

  #dispatch(socket: HubSocket, inbound: Inbound): Promise<void> | undefined {
    const context = this.#context;
    const { connection } = socket;
    if (connection.state === "closed") return undefined;
    if (connection.state === "authenticating") {
      return void enqueue(context, socket, connection, inbound);
    }
    switch (inbound.kind) {
      case "unreadable":
        return void context.refuse(socket, inbound.replyTo, inbound.fault);
      case "request": {
        if (connection.state === "connected") {
          return void receiveConnected(context, socket, connection, inbound.request);
        }
        const handle = (waiting: Inbound) => this.#handle(socket, waiting);
        return receiveHandshake(context, socket, connection, inbound.request, handle);
      }
      default:
        return assertNever(inbound);
    }
  }
}

function isClosed(socket: HubSocket): boolean {
  return socket.connection.state === "closed";
}

/** Written out, since it happens for every frame: a spread of seven fields costs three times as much. */
function countFrame(connection: Connected, bucket: Bucket, nowMs: number): Connected {
  const { id, session, messageCount } = connection;
  return {
    state: "connected",
    id,
    bucket,
    lostFramings: 0,
    session,
    lastActivityMs: nowMs,
    messageCount: messageCount + 1,
  };
}

function countLostFramings(before: number, inbound: Inbound): number {
  if (inbound.kind === "request") return 0;
  return inbound.losesFraming ? before + 1 : before;
}
