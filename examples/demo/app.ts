/** The page's controller: joining, calling, being called, coming back. It connects the views with the SDK. */
import {
  SignalError,
  type ClientState,
  type Signal,
  type SignalErrorCode,
} from "../../src/client/index.ts";
import { CallRoom } from "./call-room.ts";
import { element, onClick } from "./dom.ts";
import { joinFaultOf, targetFaultOf } from "./field-faults.ts";
import { HubSession } from "./hub-session.ts";
import { JoinForm } from "./join-form.ts";
import { Lobby } from "./lobby.ts";
import { capture, stopTracks, type CallKind } from "./media.ts";
import { dismiss, notify, setPill } from "./notice.ts";
import { showPhase, type Phase } from "./phase.ts";
import { sayLeaving } from "./presence.ts";
import { forget, remember, type Identity, type Memory } from "./tab-memory.ts";
import { claim } from "./test-clients.ts";
import type { Tap } from "./wire-tap.ts";
import { hubWords, wordsFor } from "./words.ts";

export class App {
  readonly form = new JoinForm((identity) => void this.join(identity));
  readonly #room = new CallRoom({
    connected: dismiss,
    hangUp: () => this.#hangUp(),
    ended: (target, by) => this.#ended(target, by),
  });
  readonly #lobby = new Lobby({
    call: (target, kind) => void this.#call(target, kind),
    answer: (kind) =>
      this.#phase.kind === "ringing" && void this.#call(this.#phase.call.source, kind),
    decline: () => this.#decline(),
  });
  readonly #tap: Tap;
  readonly #isThisMachine: boolean;
  #phase: Phase = { kind: "out" };
  #identity: Identity = { clientId: "", token: "" };
  #hub: HubSession | null = null;
  /** The last error since there was a session. */
  #hubFault: SignalErrorCode | null = null;
  #isHidden = false;
  #releaseClaim = () => {};

  constructor(tap: Tap, { isThisMachine }: { readonly isThisMachine: boolean }) {
    this.#tap = tap;
    this.#isThisMachine = isThisMachine;
    onClick("leave", () => this.#leave());
    onClick("joining-cancel", () => this.#leave());
    this.#enter({ kind: "out" });
  }

  /** Resolves with true when there is a session, and with false if there can be none. */
  async join(identity: Identity): Promise<boolean> {
    dismiss();
    this.#identity = identity;
    this.#hubFault = null;
    this.#showJoining("Connecting to the hub …");
    void claim(identity.clientId).then((release) => {
      this.#releaseClaim = release ?? this.#releaseClaim;
    });
    try {
      this.#hub = this.#open(identity);
    } catch (error) {
      this.#showJoinFault(error);
      return false;
    }
    if (this.#phase.kind === "out") this.#enter({ kind: "joining" });
    if (!(await this.#hub.join())) return false;
    this.#remember(null);
    this.#lobby.enter(identity.clientId);
    if (this.#phase.kind === "joining") this.#enter({ kind: "lobby" });
    return true;
  }

  /** After a reload: joins as the same client, and returns to its call. */
  async comeBack({ call, ...identity }: Memory): Promise<void> {
    if (call !== null) this.#enterAsking(call.target, call.kind);
    if ((await this.join(identity)) && call !== null) await this.#call(call.target, call.kind);
  }

  /** The page is closed or reloaded. The other side learns it, and a reloaded page comes back to its call. */
  pageHides(): void {
    if (this.#hub === null) return;
    this.#isHidden = true;
    sayLeaving(this.#hub.client, this.#phase.kind === "call" ? this.#phase.target : null);
  }

  #enter(phase: Phase): void {
    this.#phase = phase;
    showPhase(phase);
    const caller = phase.kind === "ringing" ? `${phase.call.source} calls · ` : "";
    const own = phase.kind === "out" ? "" : `${this.#identity.clientId} · `;
    document.title = `${caller}${own}Signal Manager demo`;
    if (phase.kind === "lobby") this.#lobby.focus();
    if (phase.kind === "ringing") element("ringing-answer", HTMLButtonElement).focus();
  }

  #open(identity: Identity): HubSession {
    return new HubSession(identity, this.#tap, {
      state: (state) => this.#showHubState(state),
      fault: (error) => this.#showFault(error),
      stopped: (error) => this.#stopped(error),
      incomingCall: (call) => this.#ring(call),
      callerHungUp: (caller) => {
        if (this.#phase.kind !== "ringing" || this.#phase.call.source !== caller) return;
        this.#enter({ kind: "lobby" });
        notify(`${caller} called, and gave up.`);
      },
      presence: (source, presence) => this.#room.presence(source, presence),
    });
  }

  #showHubState(state: ClientState): void {
    if (state === "connected") this.#hubFault = null;
    const { text, tone } = hubWords(state, this.#identity.clientId, this.#hubFault);
    setPill("hub", text, tone);
    this.#room.hub(state);
  }

  #showFault(error: SignalError): void {
    if (this.#hub?.client.state !== "connected") this.#hubFault = error.code;
    // The page of a user who waits to join says why. A call goes on without the hub, so there the pill is enough.
    if (this.#phase.kind === "joining") this.#showJoining(wordsFor(error));
    else if (this.#hub?.client.state === "connected") notify(wordsFor(error));
  }

  #showJoining(text: string): void {
    element("joining-text", HTMLParagraphElement).textContent = text;
  }

  #stopped(error: SignalError): void {
    this.#leave();
    const identity = this.#identity;
    this.form.fill(identity);
    if (joinFaultOf(error, identity.clientId) !== null) return this.#showJoinFault(error);
    const label = `Join again as ${identity.clientId}`;
    const joinAgain = { label, run: () => void this.join(identity) };
    notify(wordsFor(error), ...(error.code === "replaced" ? [joinAgain] : []));
  }

  #showJoinFault(error: unknown): void {
    const fault = error instanceof SignalError ? joinFaultOf(error, this.#identity.clientId) : null;
    if (fault === null) notify(String(error));
    else this.form.showFault(fault);
  }

  #ring(call: Signal): void {
    const caller = call.source;
    if (this.#phase.kind === "lobby") {
      dismiss();
      this.#lobby.ring(caller);
      this.#enter({ kind: "ringing", call });
    } else if (this.#isBusyWithAnother(caller)) {
      this.#hub?.decline(call);
      notify(`${caller} called while you were busy.`);
    }
  }

  #isBusyWithAnother(caller: string, phase = this.#phase): boolean {
    if (phase.kind === "call" || phase.kind === "asking") return phase.target !== caller;
    return phase.kind === "ringing" && phase.call.source !== caller;
  }

  #decline(): void {
    if (this.#phase.kind !== "ringing") return;
    this.#hub?.decline(this.#phase.call);
    this.#enter({ kind: "lobby" });
  }

  #enterAsking(target: string, callKind: CallKind): void {
    dismiss();
    this.#enter({ kind: "asking", target, callKind });
    this.#room.wait(target, this.#hub?.client.state ?? "idle");
  }

  async #call(target: string, kind: CallKind): Promise<void> {
    const fault = targetFaultOf(target, this.#identity.clientId);
    if (fault !== null) return this.#lobby.showFault(fault);
    this.#enterAsking(target, kind);
    const asking = this.#phase;
    const media = await capture(kind);
    // The user hung up or left while the browser asked for the devices.
    if (this.#phase !== asking) return media.ok ? stopTracks(media.stream) : undefined;
    if (media.ok) return this.#begin(target, kind, media.stream);
    this.#enter({ kind: "lobby" });
    const callWith = (other: CallKind, label: string) => ({
      label,
      run: () => void this.#call(target, other),
    });
    notify(
      media.problem,
      ...(kind === "video" ? [callWith("sound", "Call with sound only")] : []),
      callWith("chat", "Call with chat only"),
      callWith(kind, "Try again"),
    );
  }

  #begin(target: string, kind: CallKind, media: MediaStream): void {
    const client = this.#hub?.client;
    if (client === undefined) return stopTracks(media);
    this.#enter({ kind: "call", target });
    try {
      this.#room.begin({ client, target, media, isThisMachine: this.#isThisMachine });
      this.#remember({ target, kind });
    } catch (error) {
      stopTracks(media);
      this.#enter({ kind: "lobby" });
      notify(String(error));
    }
  }

  #ended(target: string, by: "local" | "remote" | "gone"): void {
    if (by === "local") this.#hub?.callEnded(target);
    this.#remember(null);
    this.#enter({ kind: "lobby" });
    if (by === "local") dismiss();
    else notify(by === "gone" ? `${target} is gone.` : `${target} has hung up.`);
  }

  #hangUp(): void {
    if (this.#phase.kind === "asking") this.#enter({ kind: "lobby" });
    else this.#room.hangUp();
  }

  #leave(): void {
    this.#hangUp();
    this.#hub?.leave();
    this.#hub = null;
    this.#releaseClaim();
    forget();
    this.#enter({ kind: "out" });
    setPill("hub", "Not joined", "idle");
    this.form.focus();
  }

  #remember(call: Memory["call"]): void {
    // What ends because the page is reloaded is what it comes back to.
    if (!this.#isHidden) remember({ ...this.#identity, call });
  }
}
