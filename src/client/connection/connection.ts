/** One attempt at a session, from the token to the end of its socket. `reconnector.ts` decides what follows the end. */
import { ACK } from "../../protocol/capabilities.ts";
import type { ErrorReport } from "../../protocol/messages/error.ts";
import { PING } from "../../protocol/names.ts";
import { formatUuid, NIL_UUID } from "../../protocol/uuid.ts";
import { newAbort } from "../abort.ts";
import {
  codeOfErrorFrame,
  SignalError,
  type SignalErrorCode,
  type SignalErrorDetails,
} from "../errors.ts";
import { isToken, type ResolvedOptions } from "../options.ts";
import type { Cancel, Ports, Socket } from "../ports.ts";
import type { Signal } from "../signal.ts";
import { addressOf } from "../wire/hub-url.ts";
import { readMessage, type Incoming } from "../wire/incoming.ts";
import { encodeConnect, encodeDisconnect } from "../wire/outgoing.ts";
import type { Disconnect } from "./disconnect.ts";
import { KeepAlive } from "./keep-alive.ts";
import { pingIntervalMs, pongTimeoutMs } from "./policy.ts";
import { placeToken } from "./upgrade.ts";

const NIL_ID = formatUuid(NIL_UUID);

const LOGGED_OUT = "the token function returned null";

/** The hub answers a close at once. A network that is gone never does. */
const CLOSE_TIMEOUT_MS = 2_000;

/** What happens within a session. */
export interface SessionEvents {
  signal(signal: Signal): void;
  /** SIGNAL_ACK (null) or ERROR for the frame `id`. */
  answered(id: string, report: ErrorReport | null): void;
  /** Something went wrong, and the connection lives on. */
  fault(error: SignalError): void;
}

export interface ConnectionEvents extends SessionEvents {
  connected(): void;
  /**
   * The last event; it does not follow `close()` or `abandon()`. `hasOpened`: whether the socket ever opened. `token`: what the
   * attempt showed or would have shown; null: it came to no socket.
   */
  ended(end: Disconnect, hasOpened: boolean, token: string | null): void;
}

type Stage = "opening" | "connecting" | "connected" | "ended";

export class Connection {
  readonly #options: ResolvedOptions;
  readonly #ports: Ports;
  readonly #events: ConnectionEvents;
  readonly #connectUuid: Uint8Array;
  readonly #attempt = newAbort();
  readonly #cancelDeadline: Cancel;
  #stage: Stage = "opening";
  #socket: Socket | null = null;
  #token: string | null = null;
  #keepAlive: KeepAlive | null = null;
  /** The last ERROR that answered no frame. It explains the close that follows it. */
  #report: ErrorReport | null = null;
  #socketClosed: () => void = () => {};

  /** Does nothing until `start`. */
  constructor(options: ResolvedOptions, ports: Ports, events: ConnectionEvents) {
    this.#options = options;
    this.#ports = ports;
    this.#events = events;
    this.#connectUuid = ports.uuid();
    this.#cancelDeadline = ports.clock.after(options.connectTimeoutMs, () =>
      this.#fail("unreachable", { detail: "CONNECT had no answer in time" }),
    );
  }

  /** Does nothing if the connection was closed meanwhile. */
  start(unopened: number): void {
    if (this.#stage === "opening") void this.#open(unopened);
  }

  /** Does nothing if there is no session. */
  write(message: Uint8Array<ArrayBuffer>): void {
    if (this.#stage === "connected") this.#socket?.send(message);
  }

  /** Pings, to find out whether the hub is still there. Does nothing if there is no session. */
  probe(isUrgent: boolean): void {
    this.#keepAlive?.probe(isUrgent);
  }

  /** Ends the attempt without an event. Does nothing if it has ended. */
  abandon(): void {
    if (this.#stage !== "ended") this.#release()?.close();
  }

  /** Sends DISCONNECT (DC1) and closes with 1000. Resolves when the socket has closed, at the latest after two seconds. */
  close(): Promise<void> {
    const wasConnected = this.#stage === "connected";
    const socket = this.#release();
    if (socket === null) return Promise.resolve();
    return new Promise((resolve) => {
      const cancel = this.#ports.clock.after(CLOSE_TIMEOUT_MS, resolve);
      this.#socketClosed = () => {
        cancel();
        resolve();
      };
      if (wasConnected) socket.send(encodeDisconnect(this.#ports.uuid()));
      socket.close(1000);
    });
  }

  async #open(unopened: number): Promise<void> {
    const { token } = this.#options;
    const { signal } = this.#attempt;
    let value: unknown;
    try {
      value = await (typeof token === "string" ? token : token({ signal }));
    } catch (cause) {
      return this.#fail("token-failed", { cause });
    }
    if (this.#stage !== "opening") return;
    if (value === null) return this.#fail("unauthenticated", { detail: LOGGED_OUT });
    if (!isToken(value)) return this.#fail("token-failed");
    const { protocols, authToken } = placeToken(value, unopened);
    this.#token = value;
    try {
      this.#socket = this.#ports.openSocket(addressOf(this.#options), protocols, {
        opened: () => this.#sendConnect(authToken),
        message: (message) => this.#receive(message),
        closed: (code) => this.#closed(code),
      });
    } catch (cause) {
      this.#fail("bad-option", { detail: String(cause), cause });
    }
  }

  #sendConnect(authToken: string | null): void {
    if (this.#stage !== "opening") return;
    this.#stage = "connecting";
    this.#socket?.send(encodeConnect(this.#connectUuid, this.#options.clientId, authToken));
  }

  #receive(message: string | Uint8Array | null): void {
    if (this.#stage !== "ended") this.#keepAlive?.received();
    for (const incoming of readMessage(message)) {
      // Checked for each frame, because a listener may have closed the client.
      if (this.#stage === "ended") return;
      this.#handle(incoming);
    }
  }

  #handle(incoming: Incoming): void {
    const isConnected = this.#stage === "connected";
    switch (incoming.kind) {
      case "pong":
        return;
      case "connect-ack":
        if (isConnected || incoming.id !== formatUuid(this.#connectUuid)) {
          return this.#protocolError("a CONNECT_ACK that answers no CONNECT");
        }
        if (!incoming.ack.capabilities.includes(ACK)) return this.#fail("hub-too-old");
        return this.#connected(incoming.ack.heartbeatIntervalMs);
      case "signal":
        if (!isConnected) return this.#protocolError("a signal before CONNECT_ACK");
        return this.#events.signal(incoming.signal);
      case "signal-ack":
        return this.#events.answered(incoming.id, null);
      case "error":
        return this.#receiveError(incoming.id, incoming.report);
      case "unreadable":
        return this.#protocolError(incoming.detail);
      case "framing-lost":
        return this.#fail("bad-frame", { detail: incoming.detail });
    }
  }

  #connected(intervalMs: number): void {
    this.#cancelDeadline();
    this.#stage = "connected";
    this.#keepAlive = new KeepAlive(
      this.#ports.clock,
      {
        intervalMs: pingIntervalMs(intervalMs),
        pongTimeoutMs: (isUrgent) => pongTimeoutMs(this.#options, isUrgent),
      },
      () => this.#socket?.send(PING),
      () => this.#fail("connection-lost", { detail: "no pong in time" }),
    );
    this.#events.connected();
  }

  #receiveError(id: string, report: ErrorReport): void {
    if (id === formatUuid(this.#connectUuid)) return this.#end({ kind: "refused", report });
    if (id !== NIL_ID) return this.#events.answered(id, report);
    this.#report = report;
    const code = codeOfErrorFrame(report.code);
    // A close always follows these (SE1, SE3, SE7, CO9) and reports them. A 403 that answers no signal is a kick.
    if (code === "replaced" || code === "unauthenticated" || code === "target-forbidden") return;
    this.#events.fault(new SignalError(code, { detail: report.text, errorCode: report.code }));
  }

  #protocolError(detail: string): void {
    this.#events.fault(new SignalError("bad-frame", { detail }));
  }

  #closed(code: number): void {
    this.#socketClosed();
    if (this.#stage === "opening") this.#fail("unreachable");
    else this.#end({ kind: "closed", code, report: this.#report });
  }

  #fail(code: SignalErrorCode, details?: SignalErrorDetails): void {
    this.#end({ kind: "failed", error: new SignalError(code, details) });
  }

  #end(end: Disconnect): void {
    const stage = this.#stage;
    if (stage === "ended") return;
    this.#release()?.close();
    this.#events.ended(end, stage !== "opening", this.#token);
  }

  /** Ends the attempt without an event, and ignores the socket from here on. */
  #release(): Socket | null {
    this.#stage = "ended";
    this.#cancelDeadline();
    this.#keepAlive?.stop();
    this.#attempt.abort();
    return this.#socket;
  }
}
