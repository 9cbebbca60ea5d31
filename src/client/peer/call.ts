/** One call: carries out what `decide.ts` decides on an RTCPeerConnection, one operation after the other. */
import { formatUuid } from "../../protocol/uuid.ts";
import { Emitter } from "../emitter.ts";
import { SignalError } from "../errors.ts";
import type { Ports } from "../ports.ts";
import type { Signal } from "../signal.ts";
import type { Peer, PeerClient, PeerEvents } from "./contract.ts";
import { decide, isPolite, type Action } from "./decide.ts";
import { readPeerMessage, type PeerBody, type PeerMessage } from "./message.ts";
import { OfferPace } from "./offer-pace.ts";
import { RemoteCandidates } from "./remote-candidates.ts";
import type { EventOf, RtcCandidate, RtcConnection, RtcEvent } from "./rtc.ts";
import { SignalingChannel } from "./signaling-channel.ts";

const HELLO: PeerBody = { kind: "hello" };

/** What `peer()` returns. */
export class Call<Connection extends RtcConnection> implements Peer<Connection> {
  readonly targetId: string;
  readonly polite: boolean;
  readonly #create: () => Connection;
  readonly #callId: string;
  readonly #channel: SignalingChannel;
  readonly #pace: OfferPace;
  readonly #events = new Emitter<PeerEvents<Connection>>();
  readonly #unlisten: (() => void)[];
  #connection: Connection;
  #candidates: RemoteCandidates;
  #offerNumber = 0;
  #acceptedNumber = 0;
  /** The RTCPeerConnection wants to negotiate, but nobody is there yet, or the offer has to wait. */
  #isNegotiationDue = false;
  #isClosed = false;
  /** The chain of operations: none begins before the last one has ended. */
  #operations: Promise<void> = Promise.resolve();

  /** `create` makes an RTCPeerConnection with its tracks and data channels. */
  constructor(
    client: PeerClient,
    targetId: string,
    create: () => Connection,
    { clock, uuid }: Pick<Ports, "clock" | "uuid">,
  ) {
    this.targetId = targetId;
    this.polite = isPolite(client.clientId, targetId);
    this.#create = create;
    this.#callId = formatUuid(uuid());
    this.#channel = new SignalingChannel(
      this.#callId,
      // A second copy of any peer message does no harm.
      (type, data) => client.send(targetId, type, data, { resend: true }),
      clock,
      (error) => this.#events.emit("error", error),
    );
    this.#pace = new OfferPace(clock, () => this.#negotiateIfDue());
    this.#connection = this.#createConnection();
    this.#candidates = new RemoteCandidates(this.#connection);
    this.#unlisten = [
      client.on("signal", (signal) => this.#receive(signal)),
      client.on("state", (state) => state === "connected" && this.#enqueue(() => this.#resume())),
    ];
    // Otherwise the client's next `state` event does.
    if (client.state === "connected") this.#channel.send(HELLO);
  }

  get connection(): Connection {
    return this.#connection;
  }

  on<Name extends keyof PeerEvents<Connection>>(
    event: Name,
    listener: (value: PeerEvents<Connection>[Name]) => unknown,
  ): () => void {
    return this.#events.on(event, listener);
  }

  close(): void {
    if (this.#isClosed) return;
    this.#channel.send({ kind: "bye" });
    this.#end("local");
  }

  #createConnection(): Connection {
    const connection = this.#create();
    const listen = (type: string, run: (event: RtcEvent) => void) =>
      connection.addEventListener(type, (event) => {
        if (connection === this.#connection && !this.#isClosed) run(event);
      });
    listen("negotiationneeded", () => this.#enqueue(() => this.#negotiate()));
    listen("icecandidate", ({ candidate }) => {
      // Enqueued, so that it does not leave before the description that it belongs to.
      if (candidate) this.#enqueue(() => this.#sendCandidate(candidate));
    });
    listen("connectionstatechange", () => {
      this.#events.emit("connectionstate", connection.connectionState);
      if (connection.connectionState === "failed") connection.restartIce();
    });
    // The standard defines which event each name has.
    listen("track", (event) => this.#events.emit("track", event as EventOf<Connection, "ontrack">));
    listen("datachannel", (event) =>
      this.#events.emit("datachannel", event as EventOf<Connection, "ondatachannel">),
    );
    return connection;
  }

  #receive({ source, data }: Signal): void {
    const message = source === this.targetId ? readPeerMessage(data) : null;
    if (message === null) return;
    this.#channel.received();
    this.#enqueue(() => this.#handle(message));
  }

  #enqueue(run: () => void | Promise<void>): void {
    this.#operations = this.#operations.then(async () => {
      if (this.#isClosed) return;
      try {
        await run();
      } catch (cause) {
        // An operation that `close` interrupts fails, too.
        if (this.#isClosed) return;
        const details = { target: this.targetId, detail: String(cause), cause };
        this.#events.emit("error", new SignalError("negotiation-failed", details));
      }
    });
  }

  /** The client is connected, for the first time or again. Signals in between may not have arrived. */
  #resume(): void {
    this.#channel.send(HELLO);
    this.#sendOffer();
    if (this.#connection.remoteDescription !== null) this.#connection.restartIce();
  }

  async #negotiate(): Promise<void> {
    const connection = this.#connection;
    this.#isNegotiationDue = this.#channel.remoteCallId === null || this.#pace.isHeld;
    // If the connection is not stable, it fires `negotiationneeded` again once it is.
    if (this.#isNegotiationDue || connection.signalingState !== "stable") return;
    const offer = await connection.createOffer();
    await connection.setLocalDescription(offer);
    this.#offerNumber += 1;
    this.#pace.offered();
    this.#sendOffer();
  }

  #negotiateIfDue(): void {
    this.#enqueue(() => (this.#isNegotiationDue ? this.#negotiate() : undefined));
  }

  /** Sends the offer that has no answer yet, if there is one. It contains its candidates so far. */
  #sendOffer(): void {
    const { signalingState, localDescription } = this.#connection;
    if (signalingState === "have-local-offer")
      this.#sendDescription("offer", localDescription?.sdp);
  }

  #sendDescription(kind: "offer" | "answer", sdp: string = ""): void {
    const number = kind === "offer" ? this.#offerNumber : this.#acceptedNumber;
    this.#channel.send({ kind, sdp, number });
  }

  /** Sends no candidate of an offer that was rolled back, because the other side cannot use it. */
  #sendCandidate(candidate: RtcCandidate): void {
    const { usernameFragment } = candidate;
    const sdp = this.#connection.localDescription?.sdp;
    if (usernameFragment && !sdp?.includes(usernameFragment)) return;
    this.#channel.send({ kind: "candidate", candidate });
  }

  #handle(message: PeerMessage): Promise<void> {
    const { signalingState, localDescription } = this.#connection;
    const action = decide(message, {
      callId: this.#callId,
      remoteCallId: this.#channel.remoteCallId,
      isPolite: this.polite,
      signalingState,
      localType: localDescription?.type,
      offerNumber: this.#offerNumber,
      acceptedNumber: this.#acceptedNumber,
    });
    return this.#perform(action);
  }

  async #perform(action: Action): Promise<void> {
    const connection = this.#connection;
    switch (action.kind) {
      case "drop":
        return;
      case "new-call":
        if (action.isReplacement) this.#replaceConnection();
        this.#channel.remoteCallId = action.remoteCallId;
        this.#acceptedNumber = 0;
        if (this.polite) this.#pace.giveHeadStart();
        if (action.shouldReply) this.#channel.send(HELLO);
        return this.#negotiateIfDue();
      case "resend-offer":
        if (action.shouldReply) this.#channel.send(HELLO);
        return this.#sendOffer();
      case "accept-offer":
        this.#pace.endHeadStart();
        if (action.mustRollBack) await connection.setLocalDescription({ type: "rollback" });
        await this.#setRemote("offer", action.sdp);
        await connection.setLocalDescription(await connection.createAnswer());
        this.#acceptedNumber = action.number;
        return this.#sendDescription("answer", connection.localDescription?.sdp);
      case "resend-answer":
        return this.#sendDescription("answer", connection.localDescription?.sdp);
      case "ignore-offer":
        return this.#candidates.offerIgnored();
      case "accept-answer":
        return this.#setRemote("answer", action.sdp);
      case "add-candidate":
        return this.#candidates.add(action.candidate);
      case "end":
        return this.#end("remote");
    }
  }

  async #setRemote(type: "offer" | "answer", sdp: string): Promise<void> {
    await this.#connection.setRemoteDescription({ type, sdp });
    const candidates = this.#candidates;
    for (const candidate of candidates.takeEarly()) {
      this.#enqueue(() => candidates.add(candidate));
    }
  }

  #replaceConnection(): void {
    this.#connection.close();
    this.#connection = this.#createConnection();
    this.#candidates = new RemoteCandidates(this.#connection);
    this.#events.emit("connection", this.#connection);
  }

  #end(by: "local" | "remote"): void {
    this.#isClosed = true;
    this.#channel.close();
    for (const unlisten of this.#unlisten) unlisten();
    this.#connection.close();
    this.#events.emit("closed", { by });
  }
}
