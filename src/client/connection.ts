/** One attempt at a session: from the token to the end of its socket. What follows the end is `link.ts`'s matter. */
import type { ErrorReport } from "../protocol/messages/error.ts";
import { ACK } from "../protocol/capabilities.ts";
import { CLIENT_ID_PARAMETER, PING } from "../protocol/names.ts";
import { formatUuid, NIL_UUID } from "../protocol/uuid.ts";
import { placeToken } from "./credentials.ts";
import type { End } from "./end.ts";
import {
  codeOfErrorFrame,
  SignalError,
  type SignalErrorCode,
  type SignalErrorDetails,
} from "./errors.ts";
import { readMessage, type Incoming } from "./incoming.ts";
import { KeepAlive } from "./keep-alive.ts";
import { isToken, type Settings } from "./options.ts";
import { encodeConnect, encodeDisconnect } from "./outgoing.ts";
import type { Cancel, Ports, Socket } from "./ports.ts";
import type { Signal } from "./signal.ts";

const NIL_ID = formatUuid(NIL_UUID);

/** The hub answers a close at once; a network that is gone never does. */
const CLOSE_TIMEOUT_MS = 2_000;

export interface ConnectionEvents {
  connected(): void;
  signal(signal: Signal): void;
  /** SIGNAL_ACK (null) or ERROR for the frame `id`. */
  answered(id: string, report: ErrorReport | null): void;
  /** Something to be told; the connection lives. */
  fault(error: SignalError): void;
  /** Once, and nothing after it. Not called after `close`. `hasOpened`: there was a socket. */
  ended(end: End, hasOpened: boolean): void;
}

type Stage = "before-open" | "greeting" | "connected" | "ended";

export class Connection {
  readonly #settings: Settings;
  readonly #ports: Ports;
  readonly #events: ConnectionEvents;
  readonly #connectUuid: Uint8Array;
  readonly #attempt = new AbortController();
  readonly #cancelDeadline: Cancel;
  #stage: Stage = "before-open";
  #socket: Socket | null = null;
  #keepAlive: KeepAlive | null = null;
  /** The last ERROR that answered no frame: the reason of the close that follows it. */
  #report: ErrorReport | null = null;
  #gone: () => void = () => {};

  /** Does nothing until `start`. */
  constructor(settings: Settings, ports: Ports, events: ConnectionEvents) {
    this.#settings = settings;
    this.#ports = ports;
    this.#events = events;
    this.#connectUuid = ports.uuid();
    this.#cancelDeadline = ports.clock.after(settings.connectTimeoutMs, () =>
      this.#fail("unreachable", { detail: "CONNECT had no answer in time" }),
    );
  }

  /** Nothing happens where it was closed meanwhile. */
  start(unopenedInARow: number): void {
    if (this.#stage === "before-open") void this.#begin(unopenedInARow);
  }

  /** Nothing happens where there is no session. */
  write(message: Uint8Array<ArrayBuffer>): void {
    if (this.#stage === "connected") this.#socket?.send(message);
  }

  /** Finds out at once whether the connection still lives. */
  probe(): void {
    this.#keepAlive?.probe();
  }

  /** DISCONNECT (DC1) and close 1000. Resolves when the socket has gone, or cannot be waited for any longer. */
  close(): Promise<void> {
    const wasConnected = this.#stage === "connected";
    const socket = this.#settle();
    if (socket === null) return Promise.resolve();
    return new Promise((resolve) => {
      const cancel = this.#ports.clock.after(CLOSE_TIMEOUT_MS, resolve);
      this.#gone = () => {
        cancel();
        resolve();
      };
      if (wasConnected) socket.send(encodeDisconnect(this.#ports.uuid()));
      socket.close(1000);
    });
  }

  async #begin(unopenedInARow: number): Promise<void> {
    const { token, url, clientId } = this.#settings;
    const { signal } = this.#attempt;
    let value: unknown;
    try {
      value = await (typeof token === "string" ? token : token({ signal }));
    } catch (cause) {
      return this.#fail("token-failed", { cause });
    }
    if (this.#stage !== "before-open") return;
    if (!isToken(value)) return this.#fail("token-failed");
    const { protocols, authToken } = placeToken(value, unopenedInARow);
    const hinted = new URL(url);
    hinted.searchParams.set(CLIENT_ID_PARAMETER, clientId);
    try {
      this.#socket = this.#ports.openSocket(hinted.href, protocols, {
        opened: () => this.#greet(authToken),
        message: (message) => this.#receive(message),
        closed: (code) => this.#closed(code),
      });
    } catch (cause) {
      this.#fail("bad-option", { detail: String(cause), cause });
    }
  }

  #greet(authToken: string | null): void {
    if (this.#stage !== "before-open") return;
    this.#stage = "greeting";
    this.#socket?.send(encodeConnect(this.#connectUuid, this.#settings.clientId, authToken));
  }

  #receive(message: string | Uint8Array | null): void {
    if (this.#stage !== "ended") this.#keepAlive?.heard();
    for (const incoming of readMessage(message)) {
      // Asked anew for each: a listener may have closed the client.
      if (this.#stage === "ended") return;
      this.#take(incoming);
    }
  }

  #take(incoming: Incoming): void {
    const isConnected = this.#stage === "connected";
    switch (incoming.kind) {
      case "pong":
        return;
      case "connect-ack":
        if (isConnected || incoming.id !== formatUuid(this.#connectUuid)) {
          return this.#stranger("a CONNECT_ACK that answers nothing");
        }
        if (!incoming.ack.capabilities.includes(ACK)) return this.#fail("hub-too-old");
        return this.#connected(incoming.ack.heartbeatIntervalMs);
      case "signal":
        if (!isConnected) return this.#stranger("a signal before CONNECT_ACK");
        return this.#events.signal(incoming.signal);
      case "signal-ack":
        return this.#events.answered(incoming.id, null);
      case "error":
        return this.#refused(incoming.id, incoming.report);
      case "unreadable":
        return this.#stranger(incoming.detail);
      case "framing-lost":
        return this.#fail("bad-frame", { detail: incoming.detail });
    }
  }

  #connected(intervalMs: number): void {
    this.#cancelDeadline();
    this.#stage = "connected";
    const { pongTimeoutMs } = this.#settings;
    this.#keepAlive = new KeepAlive(
      this.#ports.clock,
      { intervalMs, pongTimeoutMs },
      () => this.#socket?.send(PING),
      () => this.#fail("connection-lost", { detail: "no pong in time" }),
    );
    this.#events.connected();
  }

  #refused(id: string, report: ErrorReport): void {
    if (id === formatUuid(this.#connectUuid)) return this.#end({ kind: "refused", report });
    if (id !== NIL_ID) return this.#events.answered(id, report);
    this.#report = report;
    const code = codeOfErrorFrame(report.code);
    // A close follows these always (SE1, SE3, SE7, CO9), and says it. A 403 that answers no signal is a kick.
    if (code === "replaced" || code === "unauthenticated" || code === "target-forbidden") return;
    this.#events.fault(new SignalError(code, { detail: report.text, errorCode: report.code }));
  }

  #stranger(detail: string): void {
    this.#events.fault(new SignalError("bad-frame", { detail }));
  }

  #closed(code: number): void {
    this.#gone();
    if (this.#stage === "before-open") this.#fail("unreachable");
    else this.#end({ kind: "closed", code, report: this.#report });
  }

  #fail(code: SignalErrorCode, details?: SignalErrorDetails): void {
    this.#end({ kind: "failed", error: new SignalError(code, details) });
  }

  #end(end: End): void {
    const stage = this.#stage;
    if (stage === "ended") return;
    this.#settle()?.close();
    this.#events.ended(end, stage !== "before-open");
  }

  /** From here on the socket's events mean nothing. */
  #settle(): Socket | null {
    this.#stage = "ended";
    this.#cancelDeadline();
    this.#keepAlive?.stop();
    this.#attempt.abort();
    return this.#socket;
  }
}
