/** A WebSocket that shows its messages to a tap. The page passes it to the SDK as the option `WebSocket`. */
import { closeText, type Direction } from "./wire-rows.ts";

export interface Tap {
  message(direction: Direction, message: string | Uint8Array): void;
  /** An event of the socket: that it is open, that it did not open, or that it has closed. */
  event(text: string): void;
}

export function tapped(tap: Tap): typeof WebSocket {
  return class extends WebSocket {
    constructor(url: string | URL, protocols?: string | string[]) {
      super(url, protocols);
      // One event per attempt, and not the protocols, because they contain the token.
      let wasOpen = false;
      this.addEventListener("open", () => {
        wasOpen = true;
        tap.event("WebSocket open");
      });
      this.addEventListener("message", ({ data }) => show("received", data));
      this.addEventListener("close", ({ code, reason }) =>
        tap.event(closeText(wasOpen, code, reason)),
      );
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
