/** The package's export `./client`. Beside what is here nothing is public. */
export { SignalClient, type SignalClientEvents } from "./client.ts";
export { SIGNAL_ERRORS, SignalError, type SignalErrorCode } from "./errors.ts";
export type { ClientState } from "./link.ts";
export type { SignalClientOptions, Token } from "./options.ts";
export type { WebSocketConstructor, WebSocketLike } from "./ports.ts";
export type { SendOptions, Signal, SignalData, SignalType } from "./signal.ts";
export { peer } from "./peer/peer.ts";
export type { Peer, PeerClient, PeerEvents, PeerOptions } from "./peer/contract.ts";
export { callOf } from "./peer/message.ts";
export { decline } from "./peer/decline.ts";
export type { PlatformConnection, RtcConnection } from "./peer/rtc.ts";
