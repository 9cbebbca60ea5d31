/** A WebSocket that shows its messages to a tap. The page passes it to the SDK as the option `WebSocket`. */
import type { Direction } from "./wire-rows.ts";

export interface Tap {
  message(direction: Direction, message: string | Uint8Array): void;
  /** An event of the socket: that it opens, is open, or has closed. */
  event(text: string): void;
}

export function tapped(tap: Tap): typeof WebSocket {
  return class extends WebSocket {
    constructor(url: string | URL, protocols?: string | string[]) {
      super(url, protocols);
      // Not the protocols, because they contain the token.
      tap.event("opening a WebSocket");
      this.addEventListener("open", () => tap.event("WebSocket open"));
      this.addEventListener("message", ({ data }) => show("received", data));
      this.addEventListener("close", ({ code }) => tap.event(`WebSocket closed: ${code}`));
    }

    override send(message: Parameters<WebSocket["send"]>[0]): void {
      show("sent", message);
      super.send(message);
    }
  };

  function show(direction: Direction, message: unknown): void {
    if (typeof message === "string") tap.message(direction, message);
    else if (message instanceof ArrayBuffer) tap.message(direction, new Uint8Array(message));
    else if (message instanceof Uint8Array) tap.message(direction, message);
  }
}
