/** The other side's ICE candidates for one RTCPeerConnection. Those that come before their description wait for it. */
import type { RtcConnection } from "./rtc.ts";

export class RemoteCandidates {
  readonly #connection: RtcConnection;
  #early: object[] = [];
  #isOfferIgnored = false;

  constructor(connection: RtcConnection) {
    this.#connection = connection;
  }

  /** Rejects as the RTCPeerConnection does if the candidate should have fitted. */
  async add(candidate: object): Promise<void> {
    const { remoteDescription, signalingState } = this.#connection;
    try {
      if (remoteDescription !== null) return await this.#connection.addIceCandidate(candidate);
    } catch (cause) {
      // A candidate of an ignored offer need not fit, and one whose description is still to come cannot.
      if (!this.#isOfferIgnored && signalingState === "stable") throw cause;
    }
    if (!this.#isOfferIgnored) this.#early.push(candidate);
  }

  /** The other side's last offer was ignored, so its candidates may not fit. */
  offerIgnored(): void {
    this.#isOfferIgnored = true;
  }

  /** A remote description was set. Returns the candidates that may fit now. */
  takeEarly(): object[] {
    this.#isOfferIgnored = false;
    return this.#early.splice(0);
  }
}
