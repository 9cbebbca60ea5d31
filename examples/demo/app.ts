/** The page's controller: joining, calling, being called, coming back. It connects the views with the SDK. */
import type { ClientState, Signal, SignalError } from "../../src/client/index.ts";
import { Chat } from "./chat.ts";
import { Conversation, type ConversationEvents } from "./conversation.ts";
import { element, onClick } from "./dom.ts";
import { HubSession } from "./hub-session.ts";
import { JoinForm } from "./join-form.ts";
import { Lobby } from "./lobby.ts";
import { capture, stopTracks, type CallKind } from "./media.ts";
import { dismiss, notify, setPill } from "./notice.ts";
import { showPhase, type Phase } from "./phase.ts";
import { Stage } from "./stage.ts";
import { forget, remember, type Identity, type Memory } from "./tab-memory.ts";
import { claim } from "./test-clients.ts";
import type { Tap } from "./wire-tap.ts";
import { hubWords, wordsFor } from "./words.ts";

export class App {
  readonly form = new JoinForm((identity) => void this.join(identity));
  readonly #stage = new Stage(() => this.#hangUp());
  readonly #chat = new Chat((text) => this.#conversation?.sendChat(text) ?? false);
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
    void claim(identity.clientId).then((release) => {
      this.#releaseClaim = release ?? this.#releaseClaim;
    });
    try {
      this.#hub = this.#open(identity);
    } catch (error) {
      notify(String(error));
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

  get #conversation(): Conversation | null {
    return this.#phase.kind === "call" ? this.#phase.conversation : null;
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
    });
  }

  #showHubState(state: ClientState): void {
    const { text, tone } = hubWords(state, this.#identity.clientId);
    setPill("hub", text, tone);
    if (this.#phase.kind === "joining") this.#showJoining(text);
  }

  #showFault(error: SignalError): void {
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
    const label = `Join again as ${identity.clientId}`;
    const joinAgain = { label, run: () => void this.join(identity) };
    notify(wordsFor(error), ...(error.code === "replaced" ? [joinAgain] : []));
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
    if (phase.kind === "call") return phase.conversation.target !== caller;
    if (phase.kind === "asking") return phase.target !== caller;
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
    this.#stage.wait(target, callKind === "chat" ? "Calling …" : "Waiting for your devices …");
    this.#chat.clear();
  }

  async #call(target: string, kind: CallKind): Promise<void> {
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
    const isThisMachine = this.#isThisMachine;
    try {
      const events = this.#conversationEvents(target, kind, media);
      const conversation = new Conversation(client, target, media, events, { isThisMachine });
      this.#enter({ kind: "call", conversation, media });
      this.#stage.own(media);
      this.#stage.state("new", () => conversation.connection);
      this.#remember({ target, kind });
      element("hang-up", HTMLButtonElement).focus();
    } catch (error) {
      stopTracks(media);
      this.#enter({ kind: "lobby" });
      notify(String(error));
    }
  }

  #conversationEvents(target: string, kind: CallKind, media: MediaStream): ConversationEvents {
    return {
      stream: (remote) => this.#stage.remote(remote),
      state: (state) => {
        if (state === "connected") dismiss();
        this.#stage.state(state, () => this.#conversation?.connection ?? new RTCPeerConnection());
      },
      chatOpen: (isOpen) => this.#chat.setOpen(isOpen),
      chat: (text) => this.#chat.showReceived(target, text),
      fault: (error) => {
        // The other side may come back. A connected call needs no hub.
        const isConnected = this.#conversation?.connection.connectionState === "connected";
        if (error.code === "target-absent" && isConnected) return;
        const callAgain = {
          label: "Call again",
          run: () => {
            this.#conversation?.hangUp();
            void this.#call(target, kind);
          },
        };
        notify(wordsFor(error), callAgain);
      },
      ended: (by) => {
        stopTracks(media);
        if (by === "local") this.#hub?.callEnded(target);
        this.#stage.clear();
        this.#remember(null);
        this.#enter({ kind: "lobby" });
        if (by === "remote") notify(`${target} has hung up.`);
        else dismiss();
      },
    };
  }

  #hangUp(): void {
    if (this.#conversation !== null) this.#conversation.hangUp();
    else if (this.#phase.kind === "asking") this.#enter({ kind: "lobby" });
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
    remember({ ...this.#identity, call });
  }
}
