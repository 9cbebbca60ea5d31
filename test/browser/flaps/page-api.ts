/** What the page of a flap run offers to the process that drives it, and what both call the parts of a flap. */

export type Side = 0 | 1;

/** A change that makes an RTCPeerConnection negotiate. */
export type WishKind = "add" | "turn" | "remove-track" | "restart-ice";

export interface Wish {
  readonly kind: WishKind;
  /** Milliseconds after the flap began. */
  readonly atMs: number;
  /** From 0 up to 1: which transceiver, which kind of media, which direction. */
  readonly choice: number;
}

export interface TransceiverStatus {
  /** Null: no negotiation has reached it yet. */
  readonly mid: string | null;
  readonly media: string;
  /** What this side wishes. */
  readonly direction: string;
  /** What was negotiated. */
  readonly current: string | null;
}

/** One side of the call at one moment. */
export interface SideStatus {
  readonly client: string;
  readonly signaling: string;
  readonly connection: string;
  readonly channel: string;
  /** The last message of the data channel. */
  readonly heard: string | null;
  readonly transceivers: readonly TransceiverStatus[];
  /** Transceivers that this side added and that its RTCPeerConnection no longer has. */
  readonly lost: number;
  /** Whether an ICE restart that this side wished for has not come yet. */
  readonly awaitsRestart: boolean;
  /** How often another RTCPeerConnection took the place of the last one in this call. */
  readonly replacements: number;
  readonly closedBy: string | null;
  /** The errors that the call reported since the flap began. */
  readonly errors: readonly string[];
  /** What the page threw and did not catch. */
  readonly uncaught: readonly string[];
  /** The last lines of what was done with the RTCPeerConnections of the page, and of what they became. */
  readonly history: readonly string[];
}

export interface JoinOptions {
  readonly url: string;
  readonly clientId: string;
  readonly token: string;
}

/** `globalThis.flaps` in the page. Every argument and result can be said in JSON. */
export interface FlapsPage {
  /** Makes the client and connects it. */
  join(options: JoinOptions): Promise<void>;
  /** Begins a call, after it has ended the one before. */
  call(targetId: string): void;
  /** Resolves when every wish was made. */
  make(wishes: readonly Wish[]): Promise<void>;
  /** Resolves with true when the client is connected, and with false after this many milliseconds. */
  isBack(withinMs: number): Promise<boolean>;
  /** Whether the data channel took the text. */
  say(text: string): boolean;
  status(): SideStatus;
  /** What the browser says of each pair of ICE candidates, a line each. */
  path(): Promise<string[]>;
}
