/** What the client needs of its world. `platform.ts` is the real one; tests bring their own. */

/** A WHATWG WebSocket, as far as it is used here. Structural, so that no library of DOM types is needed. */
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

/** An open socket, or one on its way. */
export interface Socket {
  /** MUST NOT throw once the socket has gone: `closed` tells. */
  send(message: string | Uint8Array<ArrayBuffer>): void;
  close(code?: number): void;
}

/** MUST NOT be called before `openSocket` has returned; nothing follows `closed`. */
export interface SocketEvents {
  opened(): void;
  /** null: something that is neither text nor bytes. */
  message(message: string | Uint8Array | null): void;
  closed(code: number, reason: string): void;
}

/** Undoes what it was returned for. Harmless when it is too late. */
export type Cancel = () => void;

export interface Clock {
  /** Milliseconds; only differences count. */
  nowMs(): number;
  after(delayMs: number, run: () => void): Cancel;
  /** At the end of this turn of the event loop. */
  soon(run: () => void): void;
}

export interface Ports {
  /** MAY throw where no such socket can ever be: a URL that the platform refuses. */
  openSocket(url: string, protocols: string[], events: SocketEvents): Socket;
  readonly clock: Clock;
  /** From 0 up to, not including, 1. */
  random(): number;
  /** 16 bytes. */
  uuid(): Uint8Array;
  /** Calls `run` when the network or the page is back, until cancelled. */
  onWake(run: () => void): Cancel;
}
