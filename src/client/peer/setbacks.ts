/** How often a call tries again what fails, and how long it pauses before. Pure. */

/** After so many failures in a row, a call goes on without what it wanted. One more useless RTCPeerConnection ends it. */
export const MAX_RETRIES = 3;

/** The pause after the first failure. Each further one doubles it. */
export const RETRY_MS = 1_000;

export class Setbacks {
  /** Whether the next attempt waits for news. */
  hasGivenUp = false;
  /** Negotiations in a row that failed. */
  #failures = 0;
  /** RTCPeerConnections in a row that were of no use. */
  #breaks = 0;

  /** There is news, so that a negotiation may succeed again. */
  hope(): void {
    this.#failures = 0;
    this.hasGivenUp = false;
  }

  /** An RTCPeerConnection is of use, or the hub is back. */
  trust(): void {
    this.#breaks = 0;
  }

  /** `isHopeless`: the same would fail again. */
  failed(isHopeless: boolean): void {
    this.#failures += 1;
    this.hasGivenUp = isHopeless || this.#failures > MAX_RETRIES;
  }

  /** An RTCPeerConnection is of no use. Returns whether the call ends. */
  broke(): boolean {
    this.#breaks += 1;
    return this.#breaks > MAX_RETRIES;
  }

  /** Before the next attempt. */
  get pauseMs(): number {
    return RETRY_MS * 2 ** Math.min(this.#failures + this.#breaks - 1, MAX_RETRIES);
  }
}
