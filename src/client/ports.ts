/** What the client needs from its platform. `platform.ts` implements it; tests bring their own. */

/** The part of a WHATWG WebSocket that the client uses. It is structural, so that it needs no DOM types. */
export interface WebSocketLike {
  binaryType: string;
  readonly readyState: number;
  send(message: string | Uint8Array<ArrayBuffer>): void;
  close(code?: number): void;
  addEventListener(type: "open" | "error", listener: () => void): void;
  addEventListener(type: "message", listener: (event: { readonly data: unknown }) => void): void;
  addEventListener(
    type: "close",
    listener: (event: { readonly code: number; readonly reason: string }) => void,
  ): void;
}

export type WebSocketConstructor = new (url: string, protocols: string[]) => WebSocketLike;

/** A socket that is open or opening. */
export interface Socket {
  /** MUST NOT throw after the socket has closed: `closed` reports that. */
  send(message: string | Uint8Array<ArrayBuffer>): void;
  close(code?: number): void;
}

/** The socket MUST NOT call these before `openSocket` has returned, nor any of them after `closed`. */
export interface SocketEvents {
  opened(): void;
  /** `message` is null if it was neither text nor bytes. */
  message(message: string | Uint8Array | null): void;
  closed(code: number, reason: string): void;
}

/** Undoes what it was returned for. Calling it too late does no harm. */
export type Cancel = () => void;

export interface Clock {
  /** Milliseconds since any fixed moment. */
  nowMs(): number;
  after(delayMs: number, run: () => void): Cancel;
  /** Calls `run` at the end of this turn of the event loop. */
  soon(run: () => void): void;
}

/** What is back, or is another one. `page`: a page whose timers may have slept. */
export type Return = "online" | "network-change" | "page";

/** What an HTTP GET of the hub's address was answered with. */
export interface HttpAnswer {
  readonly status: number;
  /** The header Retry-After, if the platform shows it. */
  readonly retryAfterMs?: number | undefined;
}

export interface Ports {
  /** MAY throw if such a socket can never open, for example because the platform refuses the URL. */
  openSocket(url: string, protocols: string[], events: SocketEvents): Socket;
  readonly clock: Clock;
  /** A random number from 0 up to, but not including, 1. */
  random(): number;
  /** 16 random bytes. */
  uuid(): Uint8Array;
  /** Calls `run` each time the network or the page is back, until it is cancelled. */
  onReturn(run: (news: Return) => void): Cancel;
  /**
   * Sends a GET with the token as its Bearer token (UP2), follows no redirect, and ends when `signal` fires. Rejects if
   * nothing is known of the answer, for example because CORS hides it.
   */
  httpGet?(url: string, token: string, signal: AbortSignal): Promise<HttpAnswer>;
}
