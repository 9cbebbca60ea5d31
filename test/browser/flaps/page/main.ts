/** The page of a flap run: one client with one call, which does what the process that drives the browser asks for. */
import { peer, SignalClient, type Peer } from "../../../../src/client/index.ts";
import { history, RecordedConnection } from "./recorded.ts";
import type { FlapsPage, SideStatus, Wish } from "../page-api.ts";

const DIRECTIONS = ["sendrecv", "sendonly", "recvonly", "inactive"] as const;

const UFRAG = /^a=ice-ufrag:(.*)$/m;

/** All that belongs to one call. */
interface OneCall {
  readonly peer: Peer<RecordedConnection>;
  channel: RTCDataChannel | null;
  heard: string | null;
  /** The transceivers that this side added to the RTCPeerConnection of now. */
  added: RTCRtpTransceiver[];
  replacements: number;
  /** The ICE user name of the moment when this side wished for a restart; null: nothing is wished. */
  oldUfrag: string | null;
  errors: string[];
  closedBy: string | null;
}

const uncaught: string[] = [];
addEventListener("error", ({ message }) => uncaught.push(message));
addEventListener("unhandledrejection", ({ reason }) => uncaught.push(String(reason)));

let client: SignalClient;
let current: OneCall | null = null;

const flaps: FlapsPage = {
  async join(options) {
    client = new SignalClient(options);
    // Without a listener an error would count as uncaught.
    client.on("error", () => {});
    await client.connect();
  },

  call(targetId) {
    current?.peer.close();
    current = begin(targetId);
  },

  async make(wishes) {
    await Promise.all(wishes.map((wish) => pause(wish.atMs).then(() => fulfil(wish))));
  },

  async isBack(withinMs) {
    const end = performance.now() + withinMs;
    while (client.state !== "connected" && performance.now() < end) await pause(5);
    return client.state === "connected";
  },

  say(text) {
    const channel = theCall().channel;
    if (channel?.readyState !== "open") return false;
    channel.send(text);
    return true;
  },

  status: () => statusOf(theCall()),

  async path() {
    const stats = [...(await theCall().peer.connection.getStats()).values()];
    const pairs = stats.filter(({ type }) => type === "candidate-pair");
    return pairs.map(({ localCandidateId, remoteCandidateId, state, nominated, ...pair }) => {
      const [from, to] = [localCandidateId, remoteCandidateId].map((id) => {
        const one = stats.find((candidate) => candidate.id === id);
        return `${one?.candidateType} ${one?.address}:${one?.port}`;
      });
      const counts = `sent ${pair.bytesSent} B, received ${pair.bytesReceived} B`;
      return `${from} to ${to}: ${state}${nominated ? ", nominated" : ""}, ${counts}`;
    });
  },
};

Object.assign(globalThis, { flaps });

function theCall(): OneCall {
  if (current === null) throw new Error("there is no call");
  return current;
}

function begin(targetId: string): OneCall {
  const fresh = { heard: null, added: [], oldUfrag: null };
  // `setup` runs before `peer()` returns, and again for each replacement.
  const parts: Omit<OneCall, "peer"> = {
    ...fresh,
    channel: null,
    replacements: -1,
    errors: [],
    closedBy: null,
  };
  const setup = (connection: RTCPeerConnection) => {
    const channel = connection.createDataChannel("talk", { negotiated: true, id: 0 });
    channel.addEventListener("message", ({ data }) => (call.heard = String(data)));
    Object.assign(parts, fresh, { channel, added: [], replacements: parts.replacements + 1 });
  };
  const call: OneCall = Object.assign(parts, {
    peer: peer(client, targetId, { setup, RTCPeerConnection: RecordedConnection }),
  });
  call.peer.on("error", ({ message }) => call.errors.push(message));
  call.peer.on("closed", ({ by }) => (call.closedBy = by));
  return call;
}

/** A wish that the connection of now cannot have becomes one for a new transceiver. */
function fulfil({ kind, choice }: Wish): void {
  const call = theCall();
  const { connection } = call.peer;
  if (connection.signalingState === "closed") return;
  const transceiver = pick(connection.getTransceivers(), choice);
  const sender = pick(
    connection.getSenders().filter(({ track }) => track !== null),
    choice,
  );
  if (kind === "restart-ice") {
    call.oldUfrag = ufragOf(connection);
    connection.restartIce();
  } else if (kind === "turn" && transceiver) {
    transceiver.direction = pick(DIRECTIONS, (choice * 7) % 1) ?? "sendrecv";
  } else if (kind === "remove-track" && sender) {
    connection.removeTrack(sender);
  } else {
    const direction = pick(DIRECTIONS, (choice * 3) % 1) ?? "sendrecv";
    const media = choice < 0.25 ? "video" : soundTrack();
    call.added.push(connection.addTransceiver(media, { direction }));
  }
}

function pick<Item>(items: readonly Item[], choice: number): Item | undefined {
  return items[Math.floor(choice * items.length)];
}

let sound: AudioContext | undefined;

function soundTrack(): MediaStreamTrack {
  sound ??= new AudioContext();
  const [track] = sound.createMediaStreamDestination().stream.getAudioTracks();
  if (track === undefined) throw new Error("the sound has no track");
  return track;
}

function ufragOf({ localDescription }: RTCPeerConnection): string {
  return UFRAG.exec(localDescription?.sdp ?? "")?.[1] ?? "";
}

function statusOf(call: OneCall): SideStatus {
  const { connection } = call.peer;
  const transceivers = connection.getTransceivers();
  return {
    client: client.state,
    signaling: connection.signalingState,
    connection: connection.connectionState,
    channel: call.channel?.readyState ?? "none",
    heard: call.heard,
    transceivers: transceivers.map(({ mid, direction, currentDirection, receiver }) => ({
      mid,
      direction,
      media: receiver.track.kind,
      current: currentDirection,
    })),
    lost: call.added.filter((one) => !transceivers.includes(one)).length,
    awaitsRestart: call.oldUfrag !== null && call.oldUfrag === ufragOf(connection),
    replacements: call.replacements,
    closedBy: call.closedBy,
    errors: call.errors.splice(0),
    uncaught,
    history,
  };
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
