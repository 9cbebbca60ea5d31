/**
 * The negotiation of an RTCPeerConnection without its network: its states, descriptions and candidates, and the errors
 * that the standard prescribes. Two of them agree when each has applied the other's last description.
 */
import type { RtcConnection, RtcDescription, RtcEvent } from "../../../src/client/peer/rtc.ts";

export interface FakeCandidate {
  /** Names the description that the candidate belongs to. Here it is the SDP without its padding. */
  readonly usernameFragment: string;
}

export class FakeRtc implements RtcConnection {
  static made = 0;
  readonly name = `rtc${(FakeRtc.made += 1)}`;
  signalingState = "stable";
  connectionState = "new";
  localDescription: RtcDescription | null = null;
  remoteDescription: RtcDescription | null = null;
  readonly candidates: object[] = [];
  readonly steps: string[] = [];
  /** The next step with this name throws. */
  fails: string | null = null;
  /** A step with this name never ends. */
  hangs: string | null = null;
  /** Follows each SDP that it makes. */
  padding = "";
  #listeners = new Map<string, ((event: RtcEvent) => void)[]>();
  #descriptions = 0;
  /** Whether it needs a negotiation. */
  isWanted = false;

  addEventListener(type: string, listener: (event: RtcEvent) => void): void {
    this.#listeners.set(type, [...(this.#listeners.get(type) ?? []), listener]);
  }

  fire(type: string, event: object = {}): void {
    for (const listener of this.#listeners.get(type) ?? []) listener(event);
  }

  /** Needs a negotiation, as after `addTrack` or `createDataChannel`. */
  want(): void {
    this.isWanted = true;
    this.#ask();
  }

  restartIce(): void {
    this.#step("restart");
    this.want();
  }

  become(state: string): void {
    this.connectionState = state;
    this.fire("connectionstatechange");
  }

  async createOffer(): Promise<RtcDescription> {
    this.#step("createOffer");
    if (this.hangs === "createOffer") return new Promise(() => {});
    return { type: "offer", sdp: this.#newSdp() };
  }

  async createAnswer(): Promise<RtcDescription> {
    this.#step("createAnswer");
    this.#must("have-remote-offer");
    return { type: "answer", sdp: this.#newSdp() };
  }

  async setLocalDescription(description: RtcDescription): Promise<void> {
    this.#step(`local ${description.type}`);
    await Promise.resolve();
    if (this.hangs === `local ${description.type}`) return new Promise(() => {});
    if (description.type === "rollback") {
      this.#must("have-local-offer");
      this.localDescription = null;
      return this.#enter("stable");
    }
    this.#must(description.type === "offer" ? "stable" : "have-remote-offer");
    this.localDescription = description;
    // Some implementations fire it before the promise settles.
    this.fire("icecandidate", { candidate: { usernameFragment: description.sdp?.trim() } });
    this.fire("icecandidate", { candidate: null });
    if (description.type === "answer") this.isWanted = false;
    this.#enter(description.type === "offer" ? "have-local-offer" : "stable");
  }

  async setRemoteDescription(description: RtcDescription): Promise<void> {
    this.#step(`remote ${description.type}`);
    await Promise.resolve();
    if (description.type === "rollback") {
      this.#must("have-remote-offer");
      this.remoteDescription = null;
      return this.#enter("stable");
    }
    this.#must(description.type === "offer" ? "stable" : "have-local-offer");
    this.remoteDescription = description;
    if (description.type === "answer") this.isWanted = false;
    this.#enter(description.type === "offer" ? "have-remote-offer" : "stable");
  }

  async addIceCandidate(candidate: object): Promise<void> {
    this.#step("candidate");
    // Every candidate of these tests has it.
    const { usernameFragment } = candidate as FakeCandidate;
    if (this.remoteDescription === null) throw new Error("InvalidStateError: no description");
    if (usernameFragment !== this.remoteDescription.sdp?.trim())
      throw new Error("OperationError: another description's candidate");
    this.candidates.push(candidate);
  }

  close(): void {
    this.signalingState = "closed";
    this.connectionState = "closed";
  }

  #step(step: string): void {
    this.steps.push(step);
    if (this.signalingState === "closed") throw new Error("InvalidStateError: closed");
    if (this.fails !== step) return;
    this.fails = null;
    throw new Error(`${step} fails`);
  }

  #must(state: string): void {
    if (this.signalingState !== state) {
      throw new Error(`InvalidStateError: ${this.signalingState}, not ${state}`);
    }
  }

  #enter(state: string): void {
    this.signalingState = state;
    this.#ask();
  }

  #ask(): void {
    queueMicrotask(() => {
      if (this.isWanted && this.signalingState === "stable") this.fire("negotiationneeded");
    });
  }

  #newSdp(): string {
    this.#descriptions += 1;
    return `${this.name}/${this.#descriptions}${this.padding}`;
  }
}

/** What tells one configuration from another. */
export interface DayConfig {
  readonly day: number;
}

/** Remembers its configurations. */
export class ConfiguredRtc extends FakeRtc {
  readonly configs: (DayConfig | undefined)[];

  constructor(config?: DayConfig) {
    super();
    this.configs = [config];
  }

  setConfiguration(config: DayConfig): void {
    if (this.signalingState === "closed") throw new Error("InvalidStateError: closed");
    this.configs.push(config);
  }
}

/** Whether each has applied the other's last description. */
export function agree(one: FakeRtc, other: FakeRtc): boolean {
  return (
    one.signalingState === "stable" &&
    other.signalingState === "stable" &&
    one.localDescription !== null &&
    one.localDescription.sdp === other.remoteDescription?.sdp &&
    other.localDescription?.sdp === one.remoteDescription?.sdp
  );
}
