/**
 * What `peer()` uses of a standard RTCPeerConnection. Structural: a browser's fits, and so does any other that keeps to
 * the standard; and a program without DOM types can still read these declarations.
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
  close(): unknown;
  addEventListener(type: string, listener: (event: RtcEvent) => void): void;
}

/** An event of it; `candidate` is of `icecandidate`. */
export interface RtcEvent {
  readonly candidate?: RtcCandidate | null;
}

export interface RtcCandidate {
  readonly usernameFragment?: string | null | undefined;
}

/** The RTCPeerConnection of the platform's own types, where they have one. */
export type PlatformConnection = typeof globalThis extends {
  RTCPeerConnection: new (...given: never[]) => infer Connection extends RtcConnection;
}
  ? Connection
  : RtcConnection;

/** RTCConfiguration of the platform's own types, where they have one. */
export type PlatformConfig = typeof globalThis extends {
  RTCPeerConnection: new (config?: infer Config) => unknown;
}
  ? Config
  : object;

/** The event that the handler property `Name` of a connection takes. */
export type EventOf<Connection, Name extends string> =
  Connection extends Readonly<Record<Name, infer Handler>>
    ? NonNullable<Handler> extends (event: infer Event) => unknown
      ? Event
      : unknown
    : unknown;
