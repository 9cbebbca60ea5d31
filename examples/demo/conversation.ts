/** One call: the SDK's peer, the tracks of both sides, and a chat beside them. Knows no element of the page. */
import { peer, type Peer, type SignalClient, type SignalError } from "../../src/client/index.ts";

export interface ConversationEvents {
  /** What the other side sends: another stream after it was reloaded, and more tracks as they come. */
  stream(remote: MediaStream): void;
  state(state: RTCPeerConnectionState): void;
  chatOpen(isOpen: boolean): void;
  chat(text: string): void;
  trouble(error: SignalError): void;
  /** Once, and the last. */
  ended(by: "local" | "remote"): void;
}

/** Both sides open the channel with this number: neither waits for the other's. */
const CHAT_CHANNEL = { negotiated: true, id: 0 } as const;

/** Two tabs of one machine need none. Elsewhere it tells a browser its address as others see it. */
const STUN = { urls: "stun:stun.cloudflare.com:3478" };

export class Conversation {
  readonly target: string;
  readonly #events: ConversationEvents;
  readonly #media: MediaStream;
  readonly #peer: Peer<RTCPeerConnection>;
  #chat: RTCDataChannel | null = null;
  #remote = new MediaStream();

  /** @throws SignalError `bad-option`: this client's own id as the target. */
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
      events.stream(this.#remote);
      events.state(connection.connectionState);
    });
    this.#peer.on("connectionstate", (state) => events.state(state));
    this.#peer.on("error", (error) => events.trouble(error));
    this.#peer.on("closed", ({ by }) => events.ended(by));
  }

  /** The present one: there is another after the other side was reloaded. */
  get connection(): RTCPeerConnection {
    return this.#peer.connection;
  }

  /** False: the chat is not open. */
  say(text: string): boolean {
    if (this.#chat?.readyState !== "open") return false;
    this.#chat.send(text);
    return true;
  }

  hangUp(): void {
    this.#peer.close();
  }

  #setUp(connection: RTCPeerConnection): void {
    // Both kinds always, in one order: both sides' offers then have the same sections. Where two that differ cross,
    // Chromium (seen in 156) takes its own back and rejects the other's data section.
    for (const kind of ["audio", "video"] as const) {
      const track = this.#media.getTracks().find((own) => own.kind === kind);
      if (track === undefined) connection.addTransceiver(kind, { direction: "recvonly" });
      else connection.addTrack(track, this.#media);
    }
    const chat = connection.createDataChannel("chat", CHAT_CHANNEL);
    this.#chat = chat;
    const tell = () => {
      if (chat === this.#chat) this.#events.chatOpen(chat.readyState === "open");
    };
    chat.addEventListener("open", tell);
    chat.addEventListener("close", tell);
    chat.addEventListener("message", ({ data }) => this.#events.chat(String(data)));
    tell();
  }
}
