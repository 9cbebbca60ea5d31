/** The call that the page is in: gathers its facts, shows them, looks for the other side, and ends. */
import type { ClientState, SignalClient, SignalError } from "../../src/client/index.ts";
import {
  isGone,
  isLive,
  learn,
  mustCallAgain,
  mustLookForTarget,
  newCall,
  viewOf,
  type CallFacts,
  type CallNews,
} from "./call-state.ts";
import { Chat } from "./chat.ts";
import { Conversation } from "./conversation.ts";
import { element, onClick } from "./dom.ts";
import { stopTracks } from "./media.ts";
import { isThere } from "./presence.ts";
import { Stage } from "./stage.ts";

export interface CallRoomEvents {
  connected(): void;
  hangUp(): void;
  /** The last event of a call that has begun. `gone`: the other side was away for too long. */
  ended(target: string, by: "local" | "remote" | "gone"): void;
}

export interface CallPlan {
  readonly client: SignalClient;
  readonly target: string;
  readonly media: MediaStream;
  readonly isThisMachine: boolean;
}

/** How long a call waits for somebody who is gone: a reload takes a few seconds, a restart of the browser more. */
const PATIENCE_MS = 30_000;

/** How soon a call reaches somebody who was absent. */
const LOOK_INTERVAL_MS = 3_000;

/** A client that is back resumes its call within a round trip, and a page within its start. */
const RETURN_MS = 1_000;

export class CallRoom {
  readonly #events: CallRoomEvents;
  readonly #stage = new Stage();
  readonly #chat = new Chat((text) => this.#conversation?.sendChat(text) ?? false);
  #facts: CallFacts = newCall("", "idle");
  #plan: CallPlan | null = null;
  #conversation: Conversation | null = null;
  #looking: number | undefined;
  #giveUp: number | undefined;

  constructor(events: CallRoomEvents) {
    this.#events = events;
    onClick("hang-up", () => events.hangUp());
    onClick("call-again", () => this.#callAgain());
    this.#stage.onQuiet = (isQuiet) => this.#learn({ kind: "quiet", isQuiet });
  }

  /** Shows the call while the browser asks for the devices. */
  wait(target: string, hub: ClientState): void {
    this.#stage.wait(target);
    this.#chat.clear();
    this.#facts = newCall(target, hub);
    this.#show();
  }

  /** @throws SignalError `bad-option` if the target is the client's own id. */
  begin(plan: CallPlan): void {
    this.#facts = newCall(plan.target, plan.client.state);
    this.#conversation = this.#converse(plan);
    this.#plan = plan;
    this.#stage.own(plan.media);
    this.#learn({ kind: "connection", connection: "new" });
    element("hang-up", HTMLButtonElement).focus();
  }

  hub(hub: ClientState): void {
    this.#learn({ kind: "hub", hub });
  }

  /** A signal of `source` told whether it is there. */
  presence(source: string, presence: "here" | "left"): void {
    if (source === this.#facts.target) this.#learn({ kind: "presence", presence });
  }

  hangUp(): void {
    this.#end("local");
  }

  #converse({ client, target, media, isThisMachine }: CallPlan): Conversation {
    let conversation: Conversation | null = null;
    const isCurrent = () => conversation === null || conversation === this.#conversation;
    const tell = (news: CallNews) => isCurrent() && this.#learn(news);
    const events = {
      stream: (remote: MediaStream) => isCurrent() && this.#stage.remote(remote),
      replaced: () => tell({ kind: "replaced" }),
      state: (connection: RTCPeerConnectionState) => tell({ kind: "connection", connection }),
      chatOpen: (isOpen: boolean) => tell({ kind: "chat", isOpen }),
      chat: (text: string) => this.#chat.showReceived(target, text),
      fault: (fault: SignalError) => tell({ kind: "fault", fault }),
      ended: () => isCurrent() && this.#endedByTarget(),
    };
    conversation = new Conversation(client, target, media, events, { isThisMachine });
    return conversation;
  }

  #learn(news: CallNews): void {
    const before = this.#facts;
    this.#facts = learn(before, news);
    if (this.#plan === null) return;
    this.#show();
    if (isLive(this.#facts) && !isLive(before)) this.#events.connected();
    this.#lookForTarget();
    this.#waitForTarget();
  }

  #show(): void {
    const view = viewOf(this.#facts);
    const isConnected = this.#facts.connection === "connected";
    this.#stage.show(view, isConnected ? (this.#conversation?.connection ?? null) : null);
    this.#chat.setOpen(view.canChat);
    element("call-again", HTMLButtonElement).hidden = !view.offersCallAgain;
  }

  #lookForTarget(): void {
    if (!mustLookForTarget(this.#facts)) {
      clearInterval(this.#looking);
      this.#looking = undefined;
    } else if (this.#looking === undefined) {
      this.#looking = setInterval(() => void this.#look(), LOOK_INTERVAL_MS);
      void this.#look();
    }
  }

  async #look(): Promise<void> {
    const plan = this.#plan;
    const conversation = this.#conversation;
    if (plan === null || conversation === null) return;
    const there = await isThere(plan.client, plan.target);
    // Who comes back to this call says so at once, and then it must not be ended by another.
    if (there === true) await new Promise((resolve) => setTimeout(resolve, RETURN_MS));
    // Meanwhile the call has ended, begun again, or recovered.
    if (conversation !== this.#conversation || !mustLookForTarget(this.#facts)) return;
    if (there === true && mustCallAgain(this.#facts)) this.#callAgain();
    else if (there !== null) {
      this.#learn({ kind: "presence", presence: there ? "here" : "absent" });
    }
  }

  #waitForTarget(): void {
    if (!isGone(this.#facts)) {
      clearTimeout(this.#giveUp);
      this.#giveUp = undefined;
    } else this.#giveUp ??= setTimeout(() => this.#end("gone"), PATIENCE_MS);
  }

  /** Keeps the devices and the chat so far. */
  #callAgain(): void {
    const plan = this.#plan;
    if (plan === null) return;
    this.#closeConversation();
    this.#stage.remote(new MediaStream());
    this.begin(plan);
  }

  #endedByTarget(): void {
    // Who comes back does not know this call, and says so before it calls again.
    if (isGone(this.#facts)) this.#callAgain();
    else this.#end("remote");
  }

  #end(by: "local" | "remote" | "gone"): void {
    const plan = this.#plan;
    if (plan === null) return;
    this.#plan = null;
    clearInterval(this.#looking);
    clearTimeout(this.#giveUp);
    this.#looking = this.#giveUp = undefined;
    this.#closeConversation();
    stopTracks(plan.media);
    this.#stage.clear();
    this.#events.ended(plan.target, by);
  }

  #closeConversation(): void {
    const conversation = this.#conversation;
    this.#conversation = null;
    conversation?.hangUp();
  }
}
