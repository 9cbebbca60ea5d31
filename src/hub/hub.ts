/**
 * The rules of the hub: what happens when a socket opens, a message arrives, a socket closes, or a deadline passes.
 * They know no clock, no platform and no storage: `ports.ts` says what they need.
 */
import type { Grant } from "../auth/grant.ts";
import type { ClientId } from "../protocol/client-id.ts";
import { UNSOLICITED, type WireMessage } from "../wires/wire.ts";
import type { Connection, SocketId } from "./connection.ts";
import { Connections } from "./connections.ts";
import type { DeliveryOutcome, ForwardedSignal, SessionInformation } from "./contract.ts";
import { SweepClock } from "./deadlines.ts";
import { Deliverer } from "./deliver.ts";
import { Handshakes } from "./features/handshake.ts";
import { OutboundBatcher } from "./outbound.ts";
import { isCurrentHub } from "./placement.ts";
import type { HubPorts, HubSettings, HubSocket, Placement } from "./ports.ts";
import { fullBucket } from "./rate-limit.ts";
import { Receiver } from "./receiver.ts";
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

/** One hub: everything that the Durable Object calls. */
export class Hub {
  readonly #ports: HubPorts;
  readonly #settings: HubSettings;
  readonly #isCurrent: boolean;
  readonly #sweepClock = new SweepClock();
  readonly #outbound: OutboundBatcher;
  readonly #sessions: Sessions;
  readonly #connections: Connections;
  readonly #deliverer: Deliverer;
  readonly #receiver: Receiver;

  constructor(ports: HubPorts, settings: HubSettings, placement: Placement) {
    this.#ports = ports;
    this.#settings = settings;
    this.#isCurrent = isCurrentHub(placement.hubName, placement.hubs);
    const sweepClock = this.#sweepClock;
    const outbound = new OutboundBatcher(settings.maxBatchBytes);
    const sessions = new Sessions(ports);
    const connections = new Connections(ports, sessions, outbound, sweepClock);
    const parts = { sessions, connections, outbound, sweepClock };
    this.#outbound = outbound;
    this.#sessions = sessions;
    this.#connections = connections;
    const deliverer = new Deliverer(ports, settings, placement, parts);
    const handshakes = new Handshakes(ports, settings, parts);
    this.#deliverer = deliverer;
    this.#receiver = new Receiver(ports, settings, { ...parts, deliverer, handshakes });
  }

  /** The first state of a new socket; null: the hub takes no further socket (UP6). */
  open(socketId: SocketId, { grant, expectedClientId }: Upgrade): Connection | null {
    if (!this.#isCurrent || !this.#hasRoom) return null;
    this.#reapAllIfReset();
    const nowMs = this.#ports.now();
    const connectByMs = nowMs + this.#settings.connectTimeoutMs;
    this.#sweepClock.noteDeadline(connectByMs);
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

  /** Handles one message, as `Receiver.receive` does. */
  receive(socket: HubSocket, message: WireMessage): Promise<void> | undefined {
    if (!this.#isCurrent) return void this.drain();
    return this.#receiver.receive(socket, message);
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

  /** A row that could not be deleted is a fault of our own. A later sweep ends its session. */
  #guard(act: () => void): void {
    try {
      act();
    } catch (error) {
      this.#sweepClock.noteDeadline(this.#ports.now() + SWEEP_AGAIN_MS);
      this.#ports.observe({ event: "hub.failed", connectionId: null, error });
    }
  }
}
