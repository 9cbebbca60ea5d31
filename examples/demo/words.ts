/** The page's texts for errors and states: what happened, and what the user can do. Pure. */
import type { ClientState, SignalError, SignalErrorCode } from "../../src/client/index.ts";

type Text = (target: string) => string;

/** For the other codes, the SDK's own text is clear enough. */
const WORDS: Partial<Record<SignalErrorCode, Text>> = {
  "target-absent": (target) =>
    `${target} is not connected. Ask them to join, or open a tab as ${target}.`,
  "target-forbidden": (target) => `Your token does not allow you to signal ${target}.`,
  "too-large": () => "The signal was too large for one frame.",
  "rate-limited": () => "The hub asks this page to slow down. Trying again in a moment …",
  "hub-unavailable": () => "The hub is full, or the other side is too slow. Trying again …",
  "timed-out": (target) => `The hub did not say whether ${target} got the call. Call again.`,
  unreachable: () =>
    "The hub does not answer, or refuses the token: a browser cannot know which. Trying again …",
  "connection-lost": () => "The connection to the hub was lost. Trying again …",
  unauthenticated: () => "The hub refused this id and token. Compare them, or get a new token.",
  replaced: () => "Another tab or device has joined with this client id, and took it over.",
  kicked: () => "An administrator ended this session.",
  "connect-refused": () => "The hub refused this client.",
  "negotiation-failed": () => "The browser refused a step of the call. Call again.",
  "bad-option": () => "This id or token cannot be used.",
};

export function wordsFor(error: SignalError): string {
  const text = WORDS[error.code];
  return text === undefined ? `${error.message}.` : text(error.target ?? "The other side");
}

export type Tone = "idle" | "busy" | "good" | "bad";

/** Why the client is not connected although a hub answers: other errors mean that none does. */
const REFUSALS: ReadonlySet<SignalErrorCode> = new Set([
  "rate-limited",
  "hub-unavailable",
  "hub-fault",
]);

/**
 * How the pill in the corner shows the state of the client. `fault`: the last error since there was a session, or null. The
 * text stays the same from one attempt to the next.
 */
export function hubWords(
  state: ClientState,
  clientId: string,
  fault: SignalErrorCode | null,
): { readonly text: string; readonly tone: Tone } {
  switch (state) {
    case "connected":
      return { text: `Joined as ${clientId}`, tone: "good" };
    case "connecting":
    case "waiting":
      if (fault === null) return { text: "Connecting to the hub …", tone: "busy" };
      return REFUSALS.has(fault)
        ? { text: "The hub takes nobody right now: trying again …", tone: "bad" }
        : { text: "The hub cannot be reached: trying again …", tone: "bad" };
    case "idle":
    case "closed":
      return { text: "Not joined", tone: "idle" };
  }
}
