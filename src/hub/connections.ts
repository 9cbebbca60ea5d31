/** What the hub does to one connection: answer it, refuse its requests, close it, and end the session attached to it. */
import { END_REASON_OF_CLOSE, type EndReason } from "../events/end-reasons.ts";
import type { CloseName } from "../protocol/close-codes.ts";
import { faultRow, type Fault } from "../protocol/errors.ts";
import { errorAnswer, type ErrorDetails } from "../protocol/messages/error.ts";
import type { AnswerEncoder } from "../protocol/encodings/payload.ts";
import type { ReplyTo } from "../wires/wire.ts";
import type { Connection } from "./connection.ts";
import type { SweepClock } from "./deadlines.ts";
import type { OutboundBatcher } from "./outbound.ts";
import type { HubPorts, HubSocket, SessionEnd, SessionRow } from "./ports.ts";
import type { Sessions } from "./sessions.ts";

/** How long a client waits before it tries again where something is full: the hub, its own queue, a target's backlog. */
export const RETRY_AFTER_MS = 1000;

/** When the hub tries again to delete a row that could not be deleted. */
const END_AGAIN_MS = 60_000;

/** Acts on connections, for every rule of the hub. */
export class Connections {
  readonly #ports: Pick<HubPorts, "observe" | "now">;
  readonly #sessions: Sessions;
  readonly #outbound: OutboundBatcher;
  readonly #sweepClock: SweepClock;

  constructor(
    ports: Pick<HubPorts, "observe" | "now">,
    sessions: Sessions,
    outbound: OutboundBatcher,
    sweepClock: SweepClock,
  ) {
    this.#ports = ports;
    this.#sessions = sessions;
    this.#outbound = outbound;
    this.#sweepClock = sweepClock;
  }

  /** Sends an answer. A client that sends without reading is closed, because its answers would pile up (RL3). */
  answer<Answer>(
    socket: HubSocket,
    replyTo: ReplyTo,
    encoder: AnswerEncoder<Answer>,
    answer: Answer,
  ): void {
    const message = socket.wire.encode(replyTo, encoder, answer);
    if (!this.#outbound.send(socket, message) && socket.isBacklogged) this.close(socket, "abuse");
  }

  /** Answers ERROR, and closes the connection if the fault's row says so (ER3). */
  refuse(socket: HubSocket, replyTo: ReplyTo, fault: Fault, details: ErrorDetails = {}): void {
    const { code, close } = faultRow(fault);
    this.answer(socket, replyTo, errorAnswer, { fault, ...details });
    const connectionId = idOf(socket.connection);
    this.#ports.observe({ event: "frame.refused", connectionId, code, fault });
    if (close !== undefined) this.close(socket, close);
  }

  /** A fault of our own: the request is answered ERROR 500, and the connection is kept (ER4). */
  fail(socket: HubSocket, replyTo: ReplyTo, error: unknown): void {
    const connectionId = idOf(socket.connection);
    this.#ports.observe({ event: "hub.failed", connectionId, error });
    this.refuse(socket, replyTo, "internal");
  }

  /** The peer learns of the close even if its session's row cannot be deleted. Throws in that case. */
  close(socket: HubSocket, name: CloseName): void {
    this.#outbound.sendWaiting(socket);
    try {
      this.end(socket, END_REASON_OF_CLOSE[name]);
    } finally {
      socket.close(name);
    }
  }

  /** The socket is gone, and the session attached to it ends. Throws if the session's row cannot be deleted. */
  end(socket: HubSocket, reason: EndReason): void {
    const { connection } = socket;
    if (connection.state === "closed") return;
    socket.connection = { state: "closed", socketId: connection.socketId };
    if (connection.state !== "connected") return;
    const { session, frameCount } = connection;
    this.#endSession({ ...session, sessionId: session.id }, reason, frameCount);
  }

  /** Ends a session whose socket a reset took away: what it counted went with the socket (SE5). */
  reap(row: SessionRow): void {
    this.#endSession(row, "lost", null);
  }

  reapAll(): void {
    for (const row of this.#sessions.allDetached()) this.reap(row);
  }

  #endSession(
    { clientId, sessionId, connectedAtMs }: Omit<SessionRow, "socketId">,
    reason: EndReason,
    frameCount: number | null,
  ): void {
    const atMs = this.#ports.now();
    const end: SessionEnd = { clientId, sessionId, reason, connectedAtMs, atMs, frameCount };
    try {
      this.#sessions.end(end);
    } catch (error) {
      // The session is detached now, and a sweep ends it.
      this.#sweepClock.noteDeadline(atMs + END_AGAIN_MS);
      throw error;
    }
  }
}

/** What logs call a connection: its session's id, or its socket's before there is a session. */
function idOf(connection: Connection): string {
  return connection.state === "connected" ? connection.session.id : connection.socketId;
}
