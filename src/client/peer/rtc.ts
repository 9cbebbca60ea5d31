/**
 * The part of a standard RTCPeerConnection that `peer()` uses. The types are structural: every implementation of the
 * standard fits, and a program without DOM types can compile these declarations.
 */
export interface RtcDescription {
  readonly type: "offer" | "answer" | "pranswer" | "rollback";
  readonly sdp?: string;
}

export interface RtcConnection {
  readonly signalingState: string;
  readonly connectionState: string;
  readonly localDescription: RtcDescription | null;
  readonly remoteDescription: RtcDescription | null;
  createOffer(): Promise<RtcDescription>;
  createAnswer(): Promise<RtcDescription>;
  setLocalDescription(description: RtcDescription): Promise<unknown>;
  setRemoteDescription(description: RtcDescription): Promise<unknown>;
  addIceCandidate(candidate: object): Promise<void>;
  restartIce(): void;
  /** Only an `rtcConfig` that is a function needs it. */
  setConfiguration?(config: unknown): unknown;
  close(): unknown;
  addEventListener(type: string, listener: (event: RtcEvent) => void): void;
}

/** An event of an RTCPeerConnection. Only `icecandidate` has a `candidate`. */
export interface RtcEvent {
  readonly candidate?: RtcCandidate | null;
}

export interface RtcCandidate {
  readonly usernameFragment?: string | null | undefined;
}

/** The RTCPeerConnection of the platform's own types, if they have one. */
export type PlatformConnection = typeof globalThis extends {
  RTCPeerConnection: new (...given: never[]) => infer Connection extends RtcConnection;
}
  ? Connection
  : RtcConnection;

/** The RTCConfiguration of the platform's own types, if they have one. */
export type PlatformConfig = typeof globalThis extends {
  RTCPeerConnection: new (config?: infer Config) => unknown;
}
  ? Config
  : object;

/** The event that the connection's handler property `Name` takes. */
export type EventOf<Connection, Name extends string> =
  Connection extends Readonly<Record<Name, infer Handler>>
    ? NonNullable<Handler> extends (event: infer Event) => unknown
      ? Event
      : unknown
    : unknown;
