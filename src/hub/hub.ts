/**
 * The rules of the hub: what happens when a socket opens, a message arrives, a socket closes, or a deadline passes.
 * They know no clock, no platform and no storage: `ports.ts` says what they need.
 */
import type { Grant } from "../auth/grant.ts";
import type { ClientId } from "../protocol/client-id.ts";
import { exceedsBytes } from "../protocol/encodings/utf8.ts";
import { MAX_LOST_FRAMINGS } from "../protocol/limits.ts";
import { UNSOLICITED, type Inbound, type WireMessage } from "../wires/wire.ts";
import type { Connected, Connection, SocketId } from "./connection.ts";
import { Connections } from "./connections.ts";
import type { DeliveryOutcome, ForwardedSignal, SessionInformation } from "./contract.ts";
import { SweepClock } from "./deadlines.ts";
import { Deliverer } from "./deliver.ts";
import type { SessionRules } from "./features/feature.ts";
import { Handshakes } from "./features/handshake.ts";
import { receiveInSession } from "./features/in-session.ts";
import { replyToOf } from "./inbound.ts";
import { OutboundBatcher } from "./outbound.ts";
import { isCurrentHub } from "./placement.ts";
import type { HubPorts, HubSettings, HubSocket, Placement } from "./ports.ts";
import { consume, fullBucket, retryAfterMs, type Bucket } from "./rate-limit.ts";
import { Sessions } from "./sessions.ts";
import { sweepIfDue } from "./sweep.ts";

/** When a sweep that failed runs again. */
const SWEEP_AGAIN_MS = 60_000;

/** What the upgrade established about the client. */
export interface Upgrade {
  /** What the upgrade's credentials allow; null: it showed none (UP2). */
  readonly grant: Grant | null;
  /** The client id that the upgrade named, and that the socket's place was chosen for; null: it named none (CO7). */
  readonly expectedClientId: ClientId | null;
}

export class Hub {
  readonly #ports: HubPorts;
  readonly #settings: HubSettings;
  readonly #isCurrent: boolean;
  readonly #sweepClock = new SweepClock();
  readonly #outbound: OutboundBatcher;
  readonly #sessions: Sessions;
  readonly #connections: Connections;
  readonly #deliverer: Deliverer;
  readonly #rules: SessionRules;
  readonly #handshakes: Handshakes;

  constructor(ports: HubPorts, settings: HubSettings, placement: Placement) {
    this.#ports = ports;
    this.#settings = settings;
    this.#isCurrent = isCurrentHub(placement.hubName, placement.hubs);
    const sweepClock = this.#sweepClock;
    const outbound = new OutboundBatcher(settings.maxBatchBytes);
    const sessions = new Sessions(ports);
    const connections = new Connections(ports, sessions, outbound, sweepClock);
    const rules = { sessions, connections, outbound, sweepClock };
    this.#outbound = outbound;
    this.#sessions = sessions;
    this.#connections = connections;
    this.#deliverer = new Deliverer(ports, settings, placement, rules);
    this.#rules = { connections, deliverer: this.#deliverer };
    this.#handshakes = new Handshakes(ports, settings, rules);
  }

  /** The first state of a new socket; null: the hub takes no further socket (UP6). */
  open(socketId: SocketId, { grant, expectedClientId }: Upgrade): Connection | null {
    if (!this.#isCurrent || !this.#hasRoom) return null;
    this.#reapAllIfReset();
    const nowMs = this.#ports.now();
    const connectByMs = nowMs + this.#settings.connectTimeoutMs;
    this.#sweepClock.by(connectByMs);
    return {
      state: "awaiting-connect",
      socketId,
      bucket: fullBucket(nowMs),
      lostFramings: 0,
      connectByMs,
      grant,
      expectedClientId,
      failures: 0,
    };
  }

  /**
   * Handles every inbound of one message, in order. Synchronous and without a write, except for a CONNECT, which is
   * verified, and for signals to other hubs: then the promise of their answers. Never throws, never rejects.
   */
  receive(socket: HubSocket, message: WireMessage): Promise<void> | undefined {
    if (!this.#isCurrent) return void this.drain();
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

  /** The socket is gone. `clean`: the peer said so with a close frame. */
  closed(socket: HubSocket, clean: boolean): void {
    this.#guard(() => this.#connections.end(socket, clean ? "closed" : "dropped"));
  }

  /** Does what is due: ends what missed its deadline, or sends every client away where the hub has lost its place. */
  tick(): void {
    if (!this.#isCurrent) return this.drain();
    this.#guard(() => sweepIfDue(this.#ports, this.#settings, this.#sweepClock, this.#connections));
  }

  /** Sends every client away: this hub has no place among the hubs any more, and its clients have another home. */
  drain(): void {
    for (const socket of this.#ports.sockets.all()) {
      this.#guard(() => this.#connections.close(socket, "going-away"));
    }
    this.#guard(() => this.#connections.reapAll());
  }

  /** Hands signals of other hubs and of backends to their targets. The outcome of each, in their order. */
  deliver(signals: readonly ForwardedSignal[]): DeliveryOutcome[] {
    const nowMs = this.#ports.now();
    let outcomes: DeliveryOutcome[] = [];
    this.#outbound.batch(() => {
      outcomes = signals.map((signal) => this.#deliverer.deliverForwarded(signal, nowMs));
    });
    return outcomes;
  }

  /** null: the client has no session. */
  getSession(clientId: ClientId): SessionInformation | null {
    const socket = this.#sessions.find(clientId);
    if (socket === undefined) return null;
    const { session, frameCount, lastActivityMs } = socket.connection;
    return {
      clientId,
      sessionId: session.id,
      connectedAtMs: session.connectedAtMs,
      lastActivityMs: Math.max(lastActivityMs, socket.lastPingMs() ?? 0),
      messageCount: frameCount,
    };
  }

  /** Ends the client's session (SE7). False: it has none. */
  kick(clientId: ClientId): boolean {
    const socket = this.#sessions.find(clientId);
    if (socket === undefined) return false;
    this.#guard(() => this.#connections.refuse(socket, UNSOLICITED, "session.kicked"));
    return true;
  }

  /** When `tick` wants to run, as far as this incarnation knows; null: it knows of no deadline. */
  get sweepAtMs(): number | null {
    return this.#sweepClock.atMs;
  }

  /** There is headroom over the sessions, so that clients can take over their sessions when the hub is full (UP6). */
  get #hasRoom(): boolean {
    const { sockets } = this.#ports;
    const { maxSessions } = this.#settings;
    const headroom = Math.max(16, Math.ceil(maxSessions / 10));
    return sockets.count < maxSessions + headroom && !sockets.isFull;
  }

  /** Sessions and not one socket: a reset took all of them, and their alarm may be an hour away (SE5). */
  #reapAllIfReset(): void {
    if (this.#sessions.count > 0 && this.#ports.sockets.count === 0) {
      this.#guard(() => this.#connections.reapAll());
    }
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

  /** A row that could not be deleted is a fault of our own. A later sweep ends its session. */
  #guard(act: () => void): void {
    try {
      act();
    } catch (error) {
      this.#sweepClock.by(this.#ports.now() + SWEEP_AGAIN_MS);
      this.#ports.observe({ event: "hub.failed", connectionId: null, error });
    }
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
