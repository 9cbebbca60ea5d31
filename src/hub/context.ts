/** What every rule of the hub may use: its ports, its settings, its roster, and the acts that the rules share. */
import type { Authenticate } from "../auth/authenticator.ts";
import type { ClientId } from "../protocol/client-id.ts";
import type { CloseName } from "../protocol/close-codes.ts";
import { faultRow, type Fault } from "../protocol/errors.ts";
import { errorAnswer, type ErrorDetails } from "../protocol/messages/error.ts";
import { framesWire } from "../wires/frames.ts";
import type { ReplyTo, WireMessage } from "../wires/wire.ts";
import { RemoteDelivery } from "./remote-delivery.ts";
import { isSilent } from "./deadlines.ts";
import { OutboundBatcher } from "./outbound.ts";
import { END_REASON_OF_CLOSE, type EndReason } from "../events/end-reasons.ts";
import type {
  Counts,
  HubSettings,
  HubSocket,
  HubSockets,
  RemoteHubs,
  Observe,
  SessionEnd,
  SessionRow,
  SessionStore,
  SignalMeta,
} from "./ports.ts";
import { Roster } from "./sessions.ts";

export interface HubPorts {
  readonly sockets: HubSockets;
  readonly sessions: SessionStore;
  readonly authenticate: Authenticate;
  readonly observe: Observe;
  readonly counts: Counts;
  readonly remoteHubs: RemoteHubs;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/** What a client should wait before it tries again what is full: the hub, its own queue, a target's backlog. */
export const RETRY_AFTER_MS = 1000;

/** When a row that could not be deleted, an orphan now, is tried again. */
const END_AGAIN_MS = 60_000;

export class HubContext {
  readonly ports: HubPorts;
  readonly settings: HubSettings;
  readonly roster: Roster;
  readonly departures: OutboundBatcher;
  readonly abroad: RemoteDelivery;
  #wakeByMs: number | null = null;
  /** When every connection is to be looked at again; null: not known, since this incarnation has not looked yet. */
  #lookAtMs: number | null = null;
  #hasEndedOrphans = false;

  constructor(ports: HubPorts, settings: HubSettings) {
    this.ports = ports;
    this.settings = settings;
    this.roster = new Roster(ports.sockets, ports.sessions);
    this.departures = new OutboundBatcher(settings.maxBatchBytes);
    this.abroad = new RemoteDelivery(this, ports.remoteHubs);
  }

  /** An answer of the hub's own. A client that sends and does not read is closed: its answers would pile up (RL3). */
  answer(socket: HubSocket, bytes: WireMessage): void {
    // The frames wire writes bytes.
    if (!this.departures.send(socket, bytes as Uint8Array) && socket.isBacklogged)
      this.close(socket, "abuse");
  }

  /** ERROR, and the close that the fault's row asks for. */
  refuse(socket: HubSocket, replyTo: ReplyTo, fault: Fault, about?: ErrorDetails): void {
    const { code, close } = faultRow(fault);
    this.answer(socket, framesWire.encode(replyTo, errorAnswer, { fault, ...about }));
    this.ports.observe({ event: "frame.refused", sessionId: socket.connection.id, code, fault });
    if (close !== undefined) this.close(socket, close);
  }

  /** A signal that does not reach its target: its source is told, and so is who watches (SI6). */
  refuseSignal(socket: HubSocket, replyTo: ReplyTo, signal: SignalMeta, fault: Fault): void {
    const { target } = signal;
    const mayTryAgain = faultRow(fault).code === 503;
    const about = mayTryAgain ? { target, retryAfterMs: RETRY_AFTER_MS } : { target };
    this.refuse(socket, replyTo, fault, about);
    this.ports.observe({ event: "signal.undelivered", code: faultRow(fault).code, ...signal });
  }

  /** Our own fault: the frame gets 500, the connection is kept (ER4). */
  fail(socket: HubSocket, replyTo: ReplyTo, error: unknown): void {
    this.ports.observe({ event: "hub.failed", sessionId: socket.connection.id, error });
    this.refuse(socket, replyTo, "internal");
  }

  /** The peer hears of it even if its session's row cannot be deleted. */
  close(socket: HubSocket, name: CloseName): void {
    this.departures.flush(socket);
    try {
      this.end(socket, END_REASON_OF_CLOSE[name]);
    } finally {
      socket.close(name);
    }
  }

  /** The connection is over, and with it the session it may have. Throws if its row cannot be deleted. */
  end(socket: HubSocket, reason: EndReason): void {
    const { connection } = socket;
    if (connection.state === "closed") return;
    const sessionId = connection.id;
    socket.connection = { state: "closed", id: sessionId };
    if (connection.state !== "connected") return;
    const { session, messageCount } = connection;
    this.#endSession({ ...session, sessionId }, reason, messageCount);
  }

  /** A session whose socket a reset took away: what it counted went with the socket (SE5). */
  reapSession(row: SessionRow): void {
    this.#endSession(row, "lost", null);
  }

  endOrphans(): void {
    for (const row of this.roster.orphans()) this.reapSession(row);
    this.#hasEndedOrphans = true;
  }

  /** Sessions and not one socket: a reset took them all. Their alarm may be an hour away (`MAX_LOOK_MS`). */
  reapAllIfReset(): void {
    const { roster, ports } = this;
    if (roster.size > 0 && ports.sockets.count === 0) this.endOrphans();
  }

  /**
   * Whether another session may begin (CO10). What a reset left behind takes nobody's place; a reset begins another
   * incarnation, so one look at all rows is enough, however often a full hub is asked.
   */
  makeRoom(): boolean {
    const { settings, roster } = this;
    if (roster.size >= settings.maxSessions && !this.#hasEndedOrphans) this.endOrphans();
    return roster.size < settings.maxSessions;
  }

  /** The socket that signals for the client go to. One that has fallen silent is found out here, and gets none (HB4). */
  findTarget(clientId: ClientId, nowMs: number): HubSocket | undefined {
    const socket = this.roster.find(clientId);
    if (socket === undefined || !this.isSilent(socket, nowMs)) return socket;
    this.close(socket, "timed-out");
    return undefined;
  }

  /** Whether the session's client has not been heard of for three heartbeats (HB4). */
  isSilent(socket: HubSocket, nowMs: number): boolean {
    const { connection } = socket;
    if (connection.state !== "connected") return false;
    return isSilent(connection, socket, this.settings, nowMs);
  }

  wakeBy(atMs: number): void {
    this.#wakeByMs = Math.min(this.#wakeByMs ?? Infinity, atMs);
    if (this.#lookAtMs !== null) this.#lookAtMs = Math.min(this.#lookAtMs, atMs);
  }

  /** Runs `sweepAll`, which asks to be woken for what comes next, if it is time. If not, only asks to be woken when it is. */
  sweepIfDue(sweepAll: () => void): void {
    if (this.#lookAtMs !== null && this.ports.now() < this.#lookAtMs) {
      if (this.#lookAtMs < Infinity) this.wakeBy(this.#lookAtMs);
      return;
    }
    // Not known meanwhile: if it throws, the next one looks.
    this.#lookAtMs = null;
    sweepAll();
    this.#lookAtMs = this.#wakeByMs ?? Infinity;
  }

  get wantsWake(): boolean {
    return this.#wakeByMs !== null;
  }

  takeWakeByMs(): number | null {
    const wakeByMs = this.#wakeByMs;
    this.#wakeByMs = null;
    return wakeByMs;
  }

  /** Throws if the row cannot be deleted: it is an orphan then, which a sweep ends. */
  #endSession(row: SessionRow, reason: EndReason, messageCount: number | null): void {
    const { clientId, sessionId, connectedAtMs } = row;
    const atMs = this.ports.now();
    const end: SessionEnd = { sessionId, clientId, reason, connectedAtMs, atMs, messageCount };
    try {
      this.roster.end(end);
    } catch (error) {
      this.wakeBy(atMs + END_AGAIN_MS);
      throw error;
    }
    this.ports.observe({ event: "session.ended", ...end });
  }
}
