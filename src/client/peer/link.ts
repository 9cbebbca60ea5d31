/** One RTCPeerConnection of a call until it is closed: its steps, its events and the other side's candidates. It decides nothing. */
import type { Clock } from "../ports.ts";
import type { Connections } from "./connections.ts";
import type { Input, Step } from "./moves.ts";
import type { RtcConnection, RtcEvent } from "./rtc.ts";
import { carryOut, undo } from "./steps.ts";

/** Whom a link tells what happens, as long as it is open. */
export interface LinkEvents {
  happened(input: Input): void;
  failed(cause: unknown): void;
}

export class Link<Connection extends RtcConnection, Config> {
  readonly connection: Connection;
  readonly #connections: Connections<Connection, Config>;
  readonly #clock: Clock;
  readonly #events: LinkEvents;
  #isClosed = false;
  #isOfferIgnored = false;
  /** Candidates that came before their description. */
  #early: object[] = [];

  /** @throws what the constructor of the RTCPeerConnection or `setup` throws. */
  constructor(connections: Connections<Connection, Config>, clock: Clock, events: LinkEvents) {
    this.connection = connections.create();
    this.#connections = connections;
    this.#clock = clock;
    this.#events = events;
    this.on("negotiationneeded", () => events.happened({ kind: "wish" }));
    this.on("icecandidate", ({ candidate }) => {
      const { type = "", sdp = "" } = this.connection.localDescription ?? {};
      events.happened({ kind: "gathered", type, sdp });
      if (candidate) events.happened({ kind: "candidate", candidate });
    });
  }

  on(type: string, run: (event: RtcEvent) => void): void {
    this.connection.addEventListener(type, (event) => {
      if (!this.#isClosed) run(event);
    });
  }

  async perform(step: Step): Promise<void> {
    const { connection } = this;
    let input: Input;
    try {
      await this.#connections.configured(connection);
      if (this.#isClosed) return;
      const sdp = await carryOut(step, connection, this.#clock);
      input = { kind: "done", sdp };
    } catch (cause) {
      // Closing the RTCPeerConnection fails the step, too.
      if (this.#isClosed) return;
      this.#events.failed(cause);
      input = { kind: "failed", how: await undo(cause, connection, this.#clock) };
    }
    if (this.#isClosed) return;
    this.#isOfferIgnored = input.kind === "failed" || (this.#isOfferIgnored && !("sdp" in step));
    const early = "sdp" in step ? this.#early.splice(0) : [];
    if (input.kind === "done") for (const candidate of early) void this.addCandidate(candidate);
    this.#events.happened(input);
  }

  async restartIce(): Promise<void> {
    try {
      await this.#connections.refresh(this.connection);
      if (!this.#isClosed) this.connection.restartIce();
    } catch (cause) {
      if (this.#isClosed) return;
      this.#events.failed(cause);
      this.#events.happened({ kind: "failed", how: "broken" });
    }
  }

  /** Never rejects. One that comes before its description waits for it. */
  async addCandidate(candidate: object): Promise<void> {
    const { remoteDescription, signalingState } = this.connection;
    try {
      if (remoteDescription !== null) return await this.connection.addIceCandidate(candidate);
    } catch (cause) {
      // A candidate of an ignored offer need not fit, and one whose description is still to come cannot.
      if (!this.#isOfferIgnored && signalingState === "stable") {
        return this.#isClosed ? undefined : this.#events.failed(cause);
      }
    }
    if (!this.#isOfferIgnored) this.#early.push(candidate);
  }

  /** The other side's last offer was ignored, so its candidates may not fit. */
  offerIgnored(): void {
    this.#isOfferIgnored = true;
  }

  close(): void {
    this.#isClosed = true;
    this.connection.close();
  }
}
