/** Carries out what `decide.ts` decides, one thing after the other, on an RTCPeerConnection. */
import { formatUuid } from "../../protocol/uuid.ts";
import { Emitter } from "../emitter.ts";
import { SignalError } from "../errors.ts";
import { platformClock, randomUuid } from "../platform.ts";
import type { Clock } from "../ports.ts";
import type { Signal } from "../signal.ts";
import type { Peer, PeerClient, PeerEvents } from "./contract.ts";
import { decide, isPolite, type Action } from "./decide.ts";
import { Line } from "./line.ts";
import { readPeerMessage, type PeerMessage } from "./message.ts";
import type { EventOf, RtcCandidate, RtcConnection, RtcEvent } from "./rtc.ts";

/** Offers that may leave in one second: what asks for more, a loop, is slowed to it, and its last wish is met. */
export const OFFERS_PER_SECOND = 8;

/** How long the polite side waits for the other's first offer: a round trip across the world, and some. */
export const HEAD_START_MS = 500;

export class Call<Connection extends RtcConnection> implements Peer<Connection> {
  readonly targetId: string;
  readonly polite: boolean;
  readonly #create: () => Connection;
  readonly #line: Line;
  readonly #events = new Emitter<PeerEvents<Connection>>();
  readonly #unlisten: (() => void)[];
  readonly #clock: Clock;
  readonly #session = formatUuid(randomUuid());
  #connection: Connection;
  #offerNumber = 0;
  #takenNumber = 0;
  /** Offers that left in the second that runs. */
  #recentOffers = 0;
  /** The RTCPeerConnection wants to negotiate, and there is nobody yet, the other goes first, or it is too soon. */
  #isWanted = false;
  /** The two sides have just met, and the other's first offer is awaited. */
  #isGivingWay = false;
  /** The other side's last offer was ignored, and so its candidates may not fit. */
  #isIgnoring = false;
  /** Candidates that came before their description. */
  #early: object[] = [];
  #isClosed = false;
  /** All steps of the negotiation, in order: none begins while another is on its way. */
  #steps: Promise<void> = Promise.resolve();

  /** `create` makes an RTCPeerConnection with its tracks and channels. */
  constructor(
    client: PeerClient,
    targetId: string,
    create: () => Connection,
    clock: Clock = platformClock,
  ) {
    this.targetId = targetId;
    this.polite = isPolite(client.clientId, targetId);
    this.#create = create;
    this.#clock = clock;
    this.#line = new Line(client, targetId, this.#session, clock, (error) =>
      this.#events.emit("error", error),
    );
    this.#connection = this.#begin();
    this.#unlisten = [
      client.on("signal", (signal) => this.#hear(signal)),
      client.on("state", (state) => state === "connected" && this.#step(() => this.#greet())),
    ];
    // Else the state tells when.
    if (client.state === "connected") this.#line.say({ kind: "hello" });
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
    this.#line.say({ kind: "bye" });
    this.#end("local");
  }

  #begin(): Connection {
    const connection = this.#create();
    // The standard's events, as far as they are used here.
    const listen = (type: string, run: (event: RtcEvent) => void) =>
      connection.addEventListener(type, (event) => {
        if (connection === this.#connection && !this.#isClosed) run(event);
      });
    listen("negotiationneeded", () => this.#step(() => this.#negotiate()));
    listen("icecandidate", ({ candidate }) => {
      // A step: not before the description that it belongs to.
      if (candidate) this.#step(() => this.#tell(candidate));
    });
    listen("connectionstatechange", () => {
      this.#events.emit("connectionstate", connection.connectionState);
      if (connection.connectionState === "failed") connection.restartIce();
    });
    // The standard says which event goes with which name.
    listen("track", (event) => this.#events.emit("track", event as EventOf<Connection, "ontrack">));
    listen("datachannel", (event) =>
      this.#events.emit("datachannel", event as EventOf<Connection, "ondatachannel">),
    );
    return connection;
  }

  #hear({ source, data }: Signal): void {
    const message = source === this.targetId ? readPeerMessage(data) : null;
    if (message === null) return;
    this.#line.heard();
    this.#step(() => this.#take(message));
  }

  #step(run: () => void | Promise<void>): void {
    this.#steps = this.#steps.then(async () => {
      if (this.#isClosed) return;
      try {
        await run();
      } catch (cause) {
        // What was on its way when the call was closed, fails.
        if (!this.#isClosed) this.#fail(cause);
      }
    });
  }

  /** The client is connected, for the first time or again: what was said meanwhile may not have arrived. */
  #greet(): void {
    this.#line.say({ kind: "hello" });
    this.#restate();
    if (this.#connection.remoteDescription !== null) this.#connection.restartIce();
  }

  async #negotiate(): Promise<void> {
    const connection = this.#connection;
    this.#isWanted =
      this.#line.remote === null || this.#isGivingWay || this.#recentOffers >= OFFERS_PER_SECOND;
    // Where it is not stable the RTCPeerConnection asks again when it is.
    if (this.#isWanted || connection.signalingState !== "stable") return;
    const offer = await connection.createOffer();
    await connection.setLocalDescription(offer);
    this.#offerNumber += 1;
    if (this.#recentOffers++ === 0) {
      this.#clock.after(1000, () => {
        this.#recentOffers = 0;
        this.#goOn();
      });
    }
    this.#restate();
  }

  /** Negotiates, if that has had to wait. */
  #goOn(): void {
    this.#step(() => (this.#isWanted ? this.#negotiate() : undefined));
  }

  /**
   * Both sides want to offer when they meet, and a rollback is the weak spot of implementations: so the polite side lets
   * the other go first, and offers itself if nothing came.
   */
  #giveWay(): void {
    const { remote } = this.#line;
    this.#isGivingWay = true;
    this.#clock.after(HEAD_START_MS, () => {
      if (remote !== this.#line.remote) return;
      this.#isGivingWay = false;
      this.#goOn();
    });
  }

  /** The offer that stands, if there is one. Its candidates so far are in it. */
  #restate(): void {
    const { signalingState, localDescription } = this.#connection;
    if (signalingState === "have-local-offer") this.#describe("offer", localDescription?.sdp);
  }

  #describe(kind: "offer" | "answer", sdp: string = ""): void {
    const number = kind === "offer" ? this.#offerNumber : this.#takenNumber;
    this.#line.say({ kind, sdp, number });
  }

  /** Of an offer that was rolled back since, the other side can make nothing. */
  #tell(candidate: RtcCandidate): void {
    const { usernameFragment } = candidate;
    const sdp = this.#connection.localDescription?.sdp;
    if (usernameFragment && !sdp?.includes(usernameFragment)) return;
    this.#line.say({ kind: "candidate", candidate });
  }

  async #take(message: PeerMessage): Promise<void> {
    const { signalingState, localDescription } = this.#connection;
    const action = decide(message, {
      session: this.#session,
      remote: this.#line.remote,
      isPolite: this.polite,
      signalingState,
      localType: localDescription?.type,
      offerNumber: this.#offerNumber,
      takenNumber: this.#takenNumber,
    });
    await this.#act(action);
  }

  async #act(action: Action): Promise<void> {
    const connection = this.#connection;
    switch (action.kind) {
      case "drop":
        return;
      case "meet":
        if (action.isReplacement) this.#replace();
        this.#line.remote = action.remote;
        this.#takenNumber = 0;
        if (this.polite) this.#giveWay();
        if (action.reply) this.#line.say({ kind: "hello" });
        return this.#goOn();
      case "restate":
        if (action.reply) this.#line.say({ kind: "hello" });
        return this.#restate();
      case "take-offer":
        this.#isGivingWay = false;
        if (action.rollBack) await connection.setLocalDescription({ type: "rollback" });
        await this.#setRemote("offer", action.sdp);
        await connection.setLocalDescription(await connection.createAnswer());
        this.#takenNumber = action.number;
        return this.#describe("answer", connection.localDescription?.sdp);
      case "answer-again":
        return this.#describe("answer", connection.localDescription?.sdp);
      case "ignore-offer":
        this.#isIgnoring = true;
        return;
      case "take-answer":
        return this.#setRemote("answer", action.sdp);
      case "add-candidate":
        return this.#add(action.candidate);
      case "end":
        return this.#end("remote");
    }
  }

  async #setRemote(type: "offer" | "answer", sdp: string): Promise<void> {
    await this.#connection.setRemoteDescription({ type, sdp });
    this.#isIgnoring = false;
    for (const candidate of this.#early.splice(0)) this.#step(() => this.#add(candidate));
  }

  async #add(candidate: object): Promise<void> {
    const { remoteDescription, signalingState } = this.#connection;
    try {
      if (remoteDescription !== null) return await this.#connection.addIceCandidate(candidate);
    } catch (cause) {
      // Of an offer that was ignored no candidate need fit; of a description that is still to come none can.
      if (!this.#isIgnoring && signalingState === "stable") throw cause;
    }
    if (!this.#isIgnoring) this.#early.push(candidate);
  }

  #replace(): void {
    this.#connection.close();
    this.#early = [];
    this.#isIgnoring = false;
    this.#connection = this.#begin();
    this.#events.emit("connection", this.#connection);
  }

  #fail(cause: unknown): void {
    const target = this.targetId;
    const details = { target, detail: String(cause), cause };
    this.#events.emit("error", new SignalError("negotiation-failed", details));
  }

  #end(by: "local" | "remote"): void {
    this.#isClosed = true;
    this.#line.close();
    for (const unlisten of this.#unlisten) unlisten();
    this.#connection.close();
    this.#events.emit("closed", { by });
  }
}
