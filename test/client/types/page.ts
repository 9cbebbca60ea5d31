/** The SDK's types with those of the DOM, as a page sees them. `npm run types` compiles this file; nothing runs it. */
import {
  callOf,
  decline,
  peer,
  SignalClient,
  SignalError,
  type ClientState,
  type Peer,
  type PeerOptions,
  type RtcConnection,
  type Signal,
  type SignalErrorCode,
} from "../../../src/client/index.ts";

type Equal<A, B> =
  (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;

function is<_Claim extends true>(): void {}

export async function client(): Promise<void> {
  // The browser's own WebSocket fits the option.
  const own = new SignalClient({ url: "/", clientId: "a", token: "t", WebSocket });
  const asked = new SignalClient({
    url: new URL("wss://hub.test/"),
    clientId: "a",
    token: async ({ signal }) => (await fetch("/token", { signal })).text(),
  });
  // @ts-expect-error: the token is missing
  void new SignalClient({ url: "/", clientId: "a" });
  // @ts-expect-error: no such signal type
  await own.send("b", "rollback", {});
  // @ts-expect-error: JSON has no undefined
  await own.send("b", "offer", undefined);
  const description: RTCSessionDescriptionInit = { type: "offer" };
  const sent = own.send("b", "offer", description, {
    signal: AbortSignal.timeout(1),
    resend: true,
  });
  is<Equal<typeof sent, Promise<void>>>();

  asked.on("signal", (signal) => is<Equal<typeof signal, Signal>>());
  asked.on("state", (state) => is<Equal<typeof state, ClientState>>());
  const off = asked.on("error", (error) => is<Equal<typeof error, SignalError>>());
  is<Equal<typeof off, () => void>>();
  // @ts-expect-error: no such event
  asked.on("message", () => {});
  for await (const signal of asked.signals()) {
    is<Equal<typeof signal, Signal>>();
    is<Equal<typeof signal.data, unknown>>();
    const call = callOf(signal);
    is<Equal<typeof call, "call" | "hang-up" | null>>();
    if (call === "call") await decline(own, signal);
  }
  await using _closing = own;
}

export function errors(error: unknown): SignalErrorCode | undefined {
  if (!(error instanceof SignalError)) return undefined;
  // @ts-expect-error: no such code
  if (error.code === "lost") return undefined;
  is<Equal<typeof error.retryable, boolean>>();
  is<Equal<typeof error.retryAfterMs, number | undefined>>();
  return error.code;
}

export function peers(own: SignalClient): void {
  const call = peer(own, "b", {
    rtcConfig: { iceServers: [{ urls: "stun:stun.test" }] },
    setup: (connection) => is<Equal<typeof connection, RTCPeerConnection>>(),
  });
  is<Equal<typeof call, Peer<RTCPeerConnection>>>();
  is<Equal<typeof call.connection, RTCPeerConnection>>();
  call.on("connectionstate", (state) => is<Equal<typeof state, RTCPeerConnectionState>>());
  call.on("track", (event) => is<Equal<typeof event, RTCTrackEvent>>());
  call.on("datachannel", (event) => is<Equal<typeof event, RTCDataChannelEvent>>());
  call.on("connection", (connection) => is<Equal<typeof connection, RTCPeerConnection>>());
  call.on("error", (error) => is<Equal<typeof error, SignalError>>());
  call.on("closed", ({ by }) => is<Equal<typeof by, "local" | "remote">>());
  // @ts-expect-error: ICE servers have `urls`
  peer(own, "b", { rtcConfig: { iceServers: [{ url: "stun:stun.test" }] } });
  // A function, with or without a promise, may give the configuration.
  peer(own, "b", { rtcConfig: () => ({ iceServers: [{ urls: "stun:stun.test" }] }) });
  peer(own, "b", { rtcConfig: async () => (await fetch("/turn")).json() as RTCConfiguration });
  // @ts-expect-error: ICE servers have `urls`
  peer(own, "b", { rtcConfig: async () => ({ iceServers: [{ url: "stun:stun.test" }] }) });
  // The constructor that is passed decides the types.
  const named = peer(own, "b", { RTCPeerConnection, rtcConfig: { iceTransportPolicy: "relay" } });
  is<Equal<typeof named, Peer<RTCPeerConnection>>>();
}

/** The types as users write them by hand, for a variable, a field, a list or a wrapper. */
export function written(own: SignalClient): void {
  is<Equal<ReturnType<typeof peer>, Peer<RTCPeerConnection>>>();
  is<Equal<Peer, Peer<RTCPeerConnection>>>();
  const returned: ReturnType<typeof peer> = peer(own, "b", {
    setup: (connection) => void connection.createDataChannel("chat"),
  });
  returned.connection.createDataChannel("more");
  returned.on("track", (event) => is<Equal<typeof event, RTCTrackEvent>>());
  let later: Peer | undefined;
  later = peer(own, "b", { setup: (connection) => void connection.createDataChannel("chat") });
  later.connection.createDataChannel("more");
  const options: Parameters<typeof peer>[2] = {
    connectTimeoutMs: 10_000,
    setup: (connection) => void connection.createDataChannel("chat"),
  };
  const optionsByName: PeerOptions = options;
  // What a peer is put into does not decide what `setup` is given.
  const calls: Peer<RtcConnection>[] = [peer(own, "b", options), peer(own, "b", optionsByName)];
  calls.push(peer(own, "b", { setup: (connection) => void connection.createDataChannel("chat") }));
}

export function wrapped(...given: Parameters<typeof peer>): ReturnType<typeof peer> {
  return peer(...given);
}
