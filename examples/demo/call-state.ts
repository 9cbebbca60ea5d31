/** What the page knows about its call, and what it shows for that: one line, the picture, the chat. Pure. */
import type { ClientState, SignalError } from "../../src/client/index.ts";
import { wordsFor, type Tone } from "./words.ts";

/** The values of RTCPeerConnection's `connectionState`. */
export type ConnectionState =
  | "new"
  | "connecting"
  | "connected"
  | "disconnected"
  | "failed"
  | "closed";

export interface CallFacts {
  readonly target: string;
  /** `asking`: there is no RTCPeerConnection yet, because the browser asks the user for the devices. */
  readonly connection: "asking" | ConnectionState;
  readonly wasConnected: boolean;
  /** The other side was sending, and nothing has arrived for two seconds. */
  readonly isQuiet: boolean;
  /** `lost`: it was open. The page never closes it, so the other side's end of the connection is gone. */
  readonly chat: "closed" | "open" | "lost";
  /** `absent`: the hub has no session of the other side. `left`: its page said that it closes or is reloaded. */
  readonly presence: "unknown" | "here" | "absent" | "left";
  readonly hub: ClientState;
  readonly fault: SignalError | null;
}

export type CallNews =
  /** Another RTCPeerConnection replaces the last one. */
  | { readonly kind: "replaced" }
  | { readonly kind: "connection"; readonly connection: ConnectionState }
  | { readonly kind: "quiet"; readonly isQuiet: boolean }
  | { readonly kind: "chat"; readonly isOpen: boolean }
  | { readonly kind: "presence"; readonly presence: "here" | "absent" | "left" }
  | { readonly kind: "hub"; readonly hub: ClientState }
  | { readonly kind: "fault"; readonly fault: SignalError };

export function newCall(target: string, hub: ClientState): CallFacts {
  return {
    target,
    connection: "asking",
    wasConnected: false,
    isQuiet: false,
    chat: "closed",
    presence: "unknown",
    hub,
    fault: null,
  };
}

/** The facts after one piece of news. */
export function learn(facts: CallFacts, news: CallNews): CallFacts {
  switch (news.kind) {
    case "replaced":
      return { ...facts, connection: "new", isQuiet: false, chat: "closed", presence: "here" };
    case "connection": {
      const { connection } = news;
      if (connection !== "connected") return { ...facts, connection };
      const presence = facts.presence === "left" ? "left" : "here";
      return { ...facts, connection, wasConnected: true, isQuiet: false, presence, fault: null };
    }
    case "quiet":
      return { ...facts, isQuiet: news.isQuiet };
    case "chat":
      if (news.isOpen) return { ...facts, chat: "open" };
      return { ...facts, chat: facts.chat === "open" ? "lost" : facts.chat };
    case "presence":
      // Who has left is absent, too, and stays so until there is a sign of life.
      if (news.presence === "absent" && facts.presence === "left") return facts;
      return { ...facts, presence: news.presence };
    case "hub":
      return { ...facts, hub: news.hub };
    case "fault":
      return news.fault.code === "target-absent"
        ? learn(facts, { kind: "presence", presence: "absent" })
        : { ...facts, fault: news.fault };
  }
}

export interface CallView {
  readonly text: string;
  readonly tone: Tone;
  /** The picture is the last one that arrived, and no longer the other side's. */
  readonly isStale: boolean;
  readonly canChat: boolean;
  readonly offersCallAgain: boolean;
}

export function viewOf(facts: CallFacts): CallView {
  const [tone, text, again] = isLive(facts)
    ? liveLine(facts)
    : facts.wasConnected || facts.presence === "left"
      ? brokenLine(facts)
      : startLine(facts);
  return {
    text,
    tone,
    isStale: facts.wasConnected && !isLive(facts),
    canChat: isLive(facts) && facts.chat === "open",
    offersCallAgain: again === "call again",
  };
}

type Line = readonly [tone: Tone, text: string, again?: "call again"];

function liveLine({ hub }: CallFacts): Line {
  return ["good", hub === "connected" ? "Connected" : "Connected, while the hub is away"];
}

/** The call was connected, or the other side has left before it was. */
function brokenLine(facts: CallFacts): Line {
  const { target, connection, hub, fault } = facts;
  if (isGone(facts)) return ["bad", `${target} is gone. The call goes on if they come back.`];
  if (hub !== "connected") return ["bad", "The call and the hub are interrupted. Trying again …"];
  if (fault !== null) return ["bad", wordsFor(fault), "call again"];
  if (connection === "failed") {
    return ["bad", `The path to ${target} broke. Looking for another …`, "call again"];
  }
  const isAgain = connection === "new" || connection === "connecting";
  return ["busy", isAgain ? "Connecting again …" : `Nothing arrives from ${target}. Waiting …`];
}

function startLine({ target, connection, hub, presence, fault }: CallFacts): Line {
  if (connection === "asking") return ["busy", "Waiting for your devices …"];
  if (hub !== "connected") return ["busy", "The call begins when the hub is back."];
  if (presence === "absent") {
    return ["busy", `${target} is not connected. It rings there as soon as they join.`];
  }
  if (fault !== null) return ["bad", wordsFor(fault), "call again"];
  if (connection === "failed") return ["bad", `No path to ${target} works.`, "call again"];
  return ["busy", connection === "new" ? "Calling …" : "Connecting …"];
}

/** The other side's picture and messages arrive. */
export function isLive({ connection, isQuiet, chat, presence }: CallFacts): boolean {
  return connection === "connected" && !isQuiet && chat !== "lost" && presence !== "left";
}

/** The other side was there, and no longer is. */
export function isGone(facts: CallFacts): boolean {
  const { wasConnected, presence } = facts;
  return presence === "left" || (presence === "absent" && wasConnected && !isLive(facts));
}

/** Whether the page asks the hub again and again if the other side is there. */
export function mustLookForTarget(facts: CallFacts): boolean {
  const { connection, hub, presence, wasConnected } = facts;
  if (connection === "asking" || hub !== "connected" || isLive(facts)) return false;
  return wasConnected || presence === "absent" || presence === "left";
}

/** Whether a call of its own is needed, now that the other side turns out to be there: it knows nothing of this one. */
export function mustCallAgain({ presence }: CallFacts): boolean {
  return presence === "absent" || presence === "left";
}
