/** Watches whether a call connects in time, and whether restarting ICE helps. Without RTCPeerConnection. */
import { SignalError } from "../errors.ts";
import type { Cancel, Clock } from "../ports.ts";

/** What someone who is called has until they pick up, if the application says nothing else. */
export const CONNECT_TIMEOUT_MS = 30_000;

/** After this many restarts of ICE that failed, a fresh RTCPeerConnection takes the place of the last one. */
export const MAX_FAILED_RESTARTS = 3;

/**
 * An attempt begins with `begin` and when a connection that was `connected` has failed. It ends when the connection is
 * `connected`. Restarts of ICE belong to the attempt that goes on.
 */
export class ConnectWatch {
  readonly #clock: Clock;
  readonly #timeoutMs: number;
  readonly #onTimeout: () => void;
  #isConnected = false;
  #restarts = 0;
  #cancel: Cancel = () => {};

  /**
   * Calls `onTimeout` once per attempt that has not connected within `timeoutMs`; never if that is Infinity.
   * @throws SignalError `bad-option` if `timeoutMs` is not a number above 0.
   */
  constructor(clock: Clock, timeoutMs: number = CONNECT_TIMEOUT_MS, onTimeout: () => void) {
    // Users without a compiler may pass anything.
    if (typeof timeoutMs !== "number" || !(timeoutMs > 0)) {
      throw new SignalError("bad-option", {
        detail: "connectTimeoutMs must be a number, and above 0",
      });
    }
    this.#clock = clock;
    this.#timeoutMs = timeoutMs;
    this.#onTimeout = onTimeout;
  }

  /** `peer()` was called, or the other side's page was reloaded: the time starts anew. */
  begin(): void {
    this.#isConnected = false;
    this.#restarts = 0;
    this.#cancel();
    if (this.#timeoutMs !== Infinity) {
      this.#cancel = this.#clock.after(this.#timeoutMs, this.#onTimeout);
    }
  }

  /** Takes in the new `connectionState` of the RTCPeerConnection. */
  became(connectionState: string): void {
    if (connectionState === "connected") {
      this.#cancel();
      this.#isConnected = true;
      this.#restarts = 0;
    } else if (connectionState === "failed" && this.#isConnected) this.begin();
  }

  /**
   * What to do about an RTCPeerConnection that has `failed`, after `became("failed")`. A restart without signalling reaches
   * nobody, so it does not count.
   */
  failed(isSignallingUp: boolean): "restart" | "replace" {
    if (!isSignallingUp) return "restart";
    if (this.#restarts === MAX_FAILED_RESTARTS) {
      this.#restarts = 0;
      return "replace";
    }
    this.#restarts += 1;
    return "restart";
  }

  /** The call has ended. */
  stop(): void {
    this.#cancel();
  }
}
