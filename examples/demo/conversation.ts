/** One call: the SDK's peer, the tracks of both sides, and a chat over a data channel. It uses no element of the page. */
import { peer, type Peer, type SignalClient, type SignalError } from "../../src/client/index.ts";

export interface ConversationEvents {
  /** The other side's stream. It gets its tracks one by one, and a reloaded page sends another stream. */
  stream(remote: MediaStream): void;
  /** The other side was reloaded: another RTCPeerConnection replaces the last one. */
  replaced(): void;
  state(state: RTCPeerConnectionState): void;
  chatOpen(isOpen: boolean): void;
  chat(text: string): void;
  fault(error: SignalError): void;
  /** The last event. */
  ended(by: "local" | "remote"): void;
}

/** Both sides open the data channel with this id, so that neither waits for the other's. */
const CHAT_CHANNEL = { negotiated: true, id: 0 } as const;

/** Tells a browser its public address. Two tabs on one machine do not need it. */
const STUN = { urls: "stun:stun.cloudflare.com:3478" };

export class Conversation {
  readonly target: string;
  readonly #events: ConversationEvents;
  readonly #media: MediaStream;
  readonly #peer: Peer<RTCPeerConnection>;
  #chat: RTCDataChannel | null = null;
  #remote = new MediaStream();

  /** @throws SignalError `bad-option` if the target is the client's own id. */
  constructor(
    client: SignalClient,
    target: string,
    media: MediaStream,
    events: ConversationEvents,
    { isThisMachine }: { readonly isThisMachine: boolean },
  ) {
    this.target = target;
    this.#events = events;
    this.#media = media;
    this.#peer = peer(client, target, {
      rtcConfig: { iceServers: isThisMachine ? [] : [STUN] },
      setup: (connection) => this.#setUp(connection),
    });
    this.#peer.on("track", ({ track }) => {
      this.#remote.addTrack(track);
      events.stream(this.#remote);
    });
    this.#peer.on("connection", (connection) => {
      this.#remote = new MediaStream();
      events.replaced();
      events.stream(this.#remote);
      events.state(connection.connectionState);
    });
    this.#peer.on("connectionstate", (state) => events.state(state));
    this.#peer.on("error", (error) => events.fault(error));
    this.#peer.on("closed", ({ by }) => events.ended(by));
  }

  /** The current RTCPeerConnection. Another one replaces it when the other side is reloaded. */
  get connection(): RTCPeerConnection {
    return this.#peer.connection;
  }

  /** Returns false if the chat is not open. */
  sendChat(text: string): boolean {
    if (this.#chat?.readyState !== "open") return false;
    this.#chat.send(text);
    return true;
  }

  hangUp(): void {
    this.#peer.close();
  }

  #setUp(connection: RTCPeerConnection): void {
    // Always adds both kinds, in the same order, so that the offers of both sides have the same sections. If two crossing
    // offers differ, Chromium (seen in 156) takes back its own and rejects the data section of the other.
    for (const kind of ["audio", "video"] as const) {
      const track = this.#media.getTracks().find((own) => own.kind === kind);
      if (track === undefined) connection.addTransceiver(kind, { direction: "recvonly" });
      else connection.addTrack(track, this.#media);
    }
    const chat = connection.createDataChannel("chat", CHAT_CHANNEL);
    this.#chat = chat;
    const reportState = () => {
      if (chat === this.#chat) this.#events.chatOpen(chat.readyState === "open");
    };
    chat.addEventListener("open", reportState);
    chat.addEventListener("close", reportState);
    chat.addEventListener("message", ({ data }) => this.#events.chat(String(data)));
    reportState();
  }
}
