/** The package's export `./client`. Nothing else of the SDK is public. */
export { SignalClient, type SignalClientEvents } from "./client.ts";
export type { ClientState } from "./connection/reconnector.ts";
export { SIGNAL_ERRORS, SignalError, type SignalErrorCode } from "./errors.ts";
export type { SignalClientOptions, Token } from "./options.ts";
export type { Peer, PeerClient, PeerEvents, PeerOptions } from "./peer/contract.ts";
export { callOf, decline } from "./peer/incoming-call.ts";
export { peer } from "./peer/peer.ts";
export type { PlatformConnection, RtcConnection } from "./peer/rtc.ts";
export type { WebSocketConstructor, WebSocketLike } from "./ports.ts";
export type { SendOptions, Signal, SignalData, SignalType } from "./signal.ts";
