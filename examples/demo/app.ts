/** The page's one course of events: joining, calling, being called, coming back. Views and SDK are told, and tell. */
import type { ClientState, Signal, SignalError } from "../../src/client/index.ts";
import { Chat } from "./chat.ts";
import { Conversation, type ConversationEvents } from "./conversation.ts";
import { element, onClick } from "./dom.ts";
import { HubSession } from "./hub-session.ts";
import { JoinForm } from "./join-form.ts";
import { Lobby } from "./lobby.ts";
import { capture, release, type CallKind } from "./media.ts";
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
  readonly #chat = new Chat((text) => this.#conversation?.say(text) ?? false);
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
  #unclaim = () => {};

  constructor(tap: Tap, { isThisMachine }: { readonly isThisMachine: boolean }) {
    this.#tap = tap;
    this.#isThisMachine = isThisMachine;
    onClick("leave", () => this.#leave());
    onClick("joining-cancel", () => this.#leave());
    this.#enter({ kind: "out" });
  }

  /** Resolves when there is a session, or there is none to be had. */
  async join(identity: Identity): Promise<boolean> {
    dismiss();
    this.#identity = identity;
    void claim(identity.clientId).then((unclaim) => (this.#unclaim = unclaim ?? this.#unclaim));
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

  /** After a reload: the same client, and the call that it was in. */
  async comeBack({ call, ...identity }: Memory): Promise<void> {
    if (call !== null) this.#ask(call.target, call.kind);
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
      state: (state) => this.#hubIs(state),
      trouble: (error) => this.#troubled(error),
      stopped: (error) => this.#stopped(error),
      rings: (call) => this.#ring(call),
      gaveUp: (caller) => {
        if (this.#phase.kind !== "ringing" || this.#phase.call.source !== caller) return;
        this.#enter({ kind: "lobby" });
        notify(`${caller} has called, and gave up.`);
      },
    });
  }

  #hubIs(state: ClientState): void {
    const { text, tone } = hubWords(state, this.#identity.clientId);
    setPill("hub", text, tone);
    if (this.#phase.kind === "joining") this.#say(text);
  }

  #troubled(error: SignalError): void {
    // Whoever waits to join reads why; in a call the pill says enough: it goes on without the hub.
    if (this.#phase.kind === "joining") this.#say(wordsFor(error));
    else if (this.#hub?.client.state === "connected") notify(wordsFor(error));
  }

  #say(text: string): void {
    element("joining-text", HTMLParagraphElement).textContent = text;
  }

  #stopped(error: SignalError): void {
    this.#leave();
    const identity = this.#identity;
    this.form.fill(identity);
    const label = `Join again as ${identity.clientId}`;
    const again = { label, run: () => void this.join(identity) };
    notify(wordsFor(error), ...(error.code === "replaced" ? [again] : []));
  }

  #ring(call: Signal): void {
    const caller = call.source;
    if (this.#phase.kind === "lobby") {
      dismiss();
      this.#lobby.ring(caller);
      this.#enter({ kind: "ringing", call });
    } else if (this.#isBusyWithout(caller)) {
      this.#hub?.decline(call);
      notify(`${caller} has called, and was told that you are busy.`);
    }
  }

  #isBusyWithout(caller: string, phase = this.#phase): boolean {
    if (phase.kind === "call") return phase.conversation.target !== caller;
    if (phase.kind === "asking") return phase.target !== caller;
    return phase.kind === "ringing" && phase.call.source !== caller;
  }

  #decline(): void {
    if (this.#phase.kind !== "ringing") return;
    this.#hub?.decline(this.#phase.call);
    this.#enter({ kind: "lobby" });
  }

  #ask(target: string, callKind: CallKind): void {
    dismiss();
    this.#enter({ kind: "asking", target, callKind });
    this.#stage.wait(target, callKind === "chat" ? "Calling …" : "Waiting for your devices …");
    this.#chat.clear();
  }

  async #call(target: string, kind: CallKind): Promise<void> {
    this.#ask(target, kind);
    const asked = this.#phase;
    const media = await capture(kind);
    // Hung up, or left, while the browser asked.
    if (this.#phase !== asked) return media.ok ? release(media.value) : undefined;
    if (media.ok) return this.#begin(target, kind, media.value);
    this.#enter({ kind: "lobby" });
    const without = (less: CallKind, label: string) => ({
      label,
      run: () => void this.#call(target, less),
    });
    notify(
      media.failure,
      ...(kind === "video" ? [without("sound", "Call with sound only")] : []),
      without("chat", "Call with chat only"),
      without(kind, "Try again"),
    );
  }

  #begin(target: string, kind: CallKind, media: MediaStream): void {
    const client = this.#hub?.client;
    if (client === undefined) return release(media);
    const isThisMachine = this.#isThisMachine;
    try {
      const events = this.#eventsOf(target, kind, media);
      const conversation = new Conversation(client, target, media, events, { isThisMachine });
      this.#enter({ kind: "call", conversation, media });
      this.#stage.own(media);
      this.#stage.state("new", () => conversation.connection);
      this.#remember({ target, kind });
      element("hang-up", HTMLButtonElement).focus();
    } catch (error) {
      release(media);
      this.#enter({ kind: "lobby" });
      notify(String(error));
    }
  }

  #eventsOf(target: string, kind: CallKind, media: MediaStream): ConversationEvents {
    return {
      stream: (remote) => this.#stage.remote(remote),
      state: (state) => {
        if (state === "connected") dismiss();
        this.#stage.state(state, () => this.#conversation?.connection ?? new RTCPeerConnection());
      },
      chatOpen: (isOpen) => this.#chat.open(isOpen),
      chat: (text) => this.#chat.heard(target, text),
      trouble: (error) => {
        // The other side may be on its way back: a call that stands needs no hub.
        const isStanding = this.#conversation?.connection.connectionState === "connected";
        if (error.code === "target-absent" && isStanding) return;
        const again = {
          label: "Call again",
          run: () => {
            this.#conversation?.hangUp();
            void this.#call(target, kind);
          },
        };
        notify(wordsFor(error), again);
      },
      ended: (by) => {
        release(media);
        if (by === "local") this.#hub?.ended(target);
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
    this.#unclaim();
    forget();
    this.#enter({ kind: "out" });
    setPill("hub", "Not joined", "idle");
    this.form.focus();
  }

  #remember(call: Memory["call"]): void {
    remember({ ...this.#identity, call });
  }
}
