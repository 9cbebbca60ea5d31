/** From an open socket to a session: CONNECT, its verification, and what waits behind it (CO1-CO10). */
import type { Grant } from "../../auth/grant.ts";
import { grantCapabilities } from "../../protocol/capabilities.ts";
import { isReserved } from "../../protocol/client-id.ts";
import type { Fault } from "../../protocol/errors.ts";
import {
  MAX_CONNECT_FAILURES,
  MAX_WAITING_BYTES,
  MAX_WAITING_FRAMES,
} from "../../protocol/limits.ts";
import {
  connectAck,
  connectRequest,
  type ConnectRequest,
} from "../../protocol/messages/connect.ts";
import { MESSAGE_TYPES } from "../../protocol/messages/table.ts";
import {
  replyToOf,
  UNSOLICITED,
  type Inbound,
  type InboundRequest,
  type ReplyTo,
} from "../../wires/wire.ts";
import type { Authenticating, AwaitingConnect, Connected } from "../connection.ts";
import { RETRY_AFTER_MS, type Connections } from "../connections.ts";
import { nextDeadline, type SweepClock } from "../deadlines.ts";
import type { OutboundBatcher } from "../outbound.ts";
import type { HubPorts, HubSettings, HubSocket } from "../ports.ts";
import type { Sessions } from "../sessions.ts";

/** How an item that has waited is handled when its turn comes. */
type Handle = (socket: HubSocket, inbound: Inbound) => Promise<void> | undefined;

/** A CONNECT that is being answered. */
interface Handshake {
  readonly socket: HubSocket;
  readonly replyTo: ReplyTo;
  readonly request: ConnectRequest;
}

/** Takes each socket from CONNECT to a session. */
export class Handshakes {
  readonly #ports: Pick<HubPorts, "authenticate" | "now" | "newSessionId">;
  readonly #settings: HubSettings;
  readonly #sessions: Sessions;
  readonly #connections: Connections;
  readonly #outbound: OutboundBatcher;
  readonly #sweepClock: SweepClock;
  #hasReaped = false;

  constructor(
    ports: Pick<HubPorts, "authenticate" | "now" | "newSessionId">,
    settings: HubSettings,
    parts: {
      readonly sessions: Sessions;
      readonly connections: Connections;
      readonly outbound: OutboundBatcher;
      readonly sweepClock: SweepClock;
    },
  ) {
    this.#ports = ports;
    this.#settings = settings;
    this.#sessions = parts.sessions;
    this.#connections = parts.connections;
    this.#outbound = parts.outbound;
    this.#sweepClock = parts.sweepClock;
  }

  /** Handles a request sent before CONNECT succeeded. Returns a promise while a token is verified; `handle` then gets what waited. */
  receive(
    socket: HubSocket,
    connection: AwaitingConnect,
    received: InboundRequest,
    handle: Handle,
  ): Promise<void> | undefined {
    if (received.messageType !== MESSAGE_TYPES.CONNECT.value) {
      this.#refuseAttempt(socket, connection, received, "connect.first");
      return undefined;
    }
    const decoded = socket.wire.decode(received, connectRequest);
    if (!decoded.ok) {
      this.#connections.refuse(socket, received, decoded.failure);
      return undefined;
    }
    const request = decoded.value;
    if (isReserved(request.clientId)) {
      this.#connections.refuse(socket, received, "connect.reserved");
      return undefined;
    }
    const { grant, expectedClientId } = connection;
    if (expectedClientId !== null && expectedClientId !== request.clientId) {
      this.#connections.refuse(socket, received, "connect.other-id");
      return undefined;
    }
    const handshake: Handshake = { socket, replyTo: received, request };
    if (request.authToken !== null) {
      return this.#verify(handshake, connection, request.authToken, handle);
    }
    if (grant === null) this.#refuseAttempt(socket, connection, received, "connect.no-token");
    else this.#begin(handshake, connection, grant, 0);
    return undefined;
  }

  /** Makes an item wait behind the CONNECT that is being verified (CO8). */
  enqueue(socket: HubSocket, connection: Authenticating, inbound: Inbound): void {
    const waitingBytes = connection.waitingBytes + inbound.bytes;
    const framesBehind = connection.framesBehind + (inbound.kind === "request" ? 1 : 0);
    if (connection.waiting.length >= MAX_WAITING_FRAMES || waitingBytes > MAX_WAITING_BYTES) {
      socket.connection = { ...connection, framesBehind };
      const details = { retryAfterMs: RETRY_AFTER_MS };
      this.#connections.refuse(socket, replyToOf(inbound), "connect.waiting", details);
      return;
    }
    const waiting = [...connection.waiting, socket.wire.copyOut(inbound)];
    socket.connection = { ...connection, waiting, waitingBytes, framesBehind };
  }

  async #verify(
    handshake: Handshake,
    connection: AwaitingConnect,
    token: string,
    handle: Handle,
  ): Promise<void> {
    const { socket, replyTo, request } = handshake;
    const emptyQueue = { waiting: [], waitingBytes: 0, framesBehind: 0 };
    socket.connection = { ...connection, state: "authenticating", ...emptyQueue };
    const answer = await this.#authenticate(handshake, request.clientId, token);
    const { connection: afterwards } = socket;
    // The peer or the connect deadline has closed the socket meanwhile.
    if (afterwards.state !== "authenticating") return;
    const { waiting, waitingBytes: _, framesBehind, ...rest } = afterwards;
    const awaiting: AwaitingConnect = { ...rest, state: "awaiting-connect" };
    socket.connection = awaiting;
    try {
      answer(awaiting, framesBehind);
    } catch (error) {
      this.#connections.fail(socket, replyTo, error);
    }
    // In order. Another CONNECT among them makes the items behind it wait again.
    const pending: (Promise<void> | undefined)[] = [];
    this.#outbound.batch(() => pending.push(...waiting.map((inbound) => handle(socket, inbound))));
    await Promise.all(pending);
  }

  /** Verifies the token, and returns how the CONNECT is answered then. */
  async #authenticate(
    handshake: Handshake,
    clientId: ConnectRequest["clientId"],
    token: string,
  ): Promise<(connection: AwaitingConnect, framesBehind: number) => void> {
    const { socket, replyTo } = handshake;
    try {
      const granted = await this.#ports.authenticate({ clientId, token }, this.#ports.now());
      return granted.ok
        ? (connection, behind) => this.#begin(handshake, connection, granted.value, behind)
        : (connection) => this.#refuseAttempt(socket, connection, replyTo, granted.failure);
    } catch (error) {
      return () => this.#connections.fail(socket, replyTo, error);
    }
  }

  /** Begins the session, in one turn: takeovers that come together happen one after another (SE1). */
  #begin(
    { socket, replyTo, request }: Handshake,
    { socketId, bucket, lostFramings }: AwaitingConnect,
    { targets, expiresAtMs }: Grant,
    framesBehind: number,
  ): void {
    const { clientId } = request;
    if (!this.#replaceOrMakeRoom(clientId)) {
      const details = { retryAfterMs: RETRY_AFTER_MS };
      return this.#connections.refuse(socket, replyTo, "connect.full", details);
    }
    const nowMs = this.#ports.now();
    const session = {
      id: this.#ports.newSessionId(),
      clientId,
      connectedAtMs: nowMs,
      capabilities: grantCapabilities(request.capabilities),
      targets,
      expiresAtMs,
    };
    const connected: Connected = {
      state: "connected",
      socketId,
      bucket,
      lostFramings,
      session,
      lastActivityMs: nowMs,
      frameCount: 1 + framesBehind,
    };
    this.#sessions.begin(socket, connected);
    const deadline = nextDeadline(connected, null, this.#settings);
    if (deadline !== null) this.#sweepClock.noteDeadline(deadline.atMs);
    this.#connections.answer(socket, replyTo, connectAck, {
      sessionId: session.id,
      clientId,
      heartbeatIntervalSeconds: this.#settings.heartbeatIntervalMs / 1000,
      serverTimeMs: nowMs,
      capabilities: session.capabilities,
    });
  }

  /** Ends the client's other session, if it has one (SE1). False: it has none, and the hub is full (CO10). */
  #replaceOrMakeRoom(clientId: ConnectRequest["clientId"]): boolean {
    const replaced = this.#sessions.find(clientId);
    if (replaced !== undefined) {
      this.#connections.refuse(replaced, UNSOLICITED, "session.replaced");
      return true;
    }
    const detached = this.#sessions.findDetached(clientId);
    if (detached !== undefined) this.#connections.reap(detached);
    return this.#makeRoom();
  }

  /**
   * Whether another session may begin. Sessions that a reset left behind take nobody's place, so a full hub reaps them
   * first. A reset starts a new incarnation, so once per incarnation is enough.
   */
  #makeRoom(): boolean {
    const { maxSessions } = this.#settings;
    if (this.#sessions.count >= maxSessions && !this.#hasReaped) {
      this.#connections.reapAll();
      this.#hasReaped = true;
    }
    return this.#sessions.count < maxSessions;
  }

  /** Answers ERROR, and closes the connection at its third failure (CO5). */
  #refuseAttempt(
    socket: HubSocket,
    connection: AwaitingConnect,
    replyTo: ReplyTo,
    fault: Fault,
  ): void {
    const failures = connection.failures + 1;
    socket.connection = { ...connection, failures };
    this.#connections.refuse(socket, replyTo, fault);
    if (failures >= MAX_CONNECT_FAILURES) this.#connections.close(socket, "unauthenticated");
  }
}
