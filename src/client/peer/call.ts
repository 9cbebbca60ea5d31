/** One call: carries out what `negotiation.ts` wants done on an RTCPeerConnection and over the client. It decides nothing. */
import { formatUuid } from "../../protocol/uuid.ts";
import { newAbort } from "../abort.ts";
import { Emitter } from "../emitter.ts";
import { SignalError } from "../errors.ts";
import type { Cancel, Ports } from "../ports.ts";
import { ConnectWatch } from "./connect-watch.ts";
import { Connections } from "./connections.ts";
import type { Peer, PeerClient, PeerEvents, PeerOptions } from "./contract.ts";
import { Link } from "./link.ts";
import { callsOf, heardByCall, type KnownCall } from "./live-calls.ts";
import type { PeerMessage } from "./message.ts";
import type { Command, Input, Wait } from "./moves.ts";
import { isPolite, Negotiation } from "./negotiation.ts";
import { PartJoiner } from "./parts.ts";
import type { EventOf, RtcCandidate, RtcConnection } from "./rtc.ts";
import { SignalingChannel } from "./signaling-channel.ts";

type Ending = Extract<Command, { kind: "end" }>;

/** What `peer()` returns. */
export class Call<Connection extends RtcConnection, Config = object>
  implements Peer<Connection>, KnownCall
{
  readonly targetId: string;
  readonly polite: boolean;
  isClosed = false;
  hasOutlivedClient = false;
  readonly #client: PeerClient;
  readonly #clock: Ports["clock"];
  readonly #connections: Connections<Connection, Config>;
  readonly #negotiation: Negotiation;
  readonly #channel: SignalingChannel;
  readonly #watch: ConnectWatch;
  readonly #joiner = new PartJoiner();
  readonly #events = new Emitter<PeerEvents<Connection>>();
  readonly #unlisten: (() => void)[];
  readonly #waits = new Map<Wait, Cancel>();
  readonly #bye = newAbort();
  #commands: Command[] = [];
  #isObeying = false;
  #link: Link<Connection, Config>;

  constructor(
    client: PeerClient,
    targetId: string,
    options: PeerOptions<Connection, Config>,
    { clock, uuid }: Pick<Ports, "clock" | "uuid">,
  ) {
    this.targetId = targetId;
    this.polite = isPolite(client.clientId, targetId);
    this.#client = client;
    this.#clock = clock;
    this.#connections = new Connections(options, clock, (cause) => this.#report(cause));
    this.#negotiation = new Negotiation(this.polite, () => formatUuid(uuid()));
    this.#channel = new SignalingChannel(
      (type, data, sendOptions) => client.send(targetId, type, data, sendOptions),
      {
        unsent: (message, afterMs) => this.#tell({ kind: "unsent", message, afterMs }),
        error: (error) => this.isClosed || this.#events.emit("error", error),
      },
    );
    this.#watch = new ConnectWatch(clock, options.connectTimeoutMs, () =>
      this.#events.emit("error", new SignalError("call-not-connected", { target: targetId })),
    );
    this.#link = this.#createLink();
    this.#watch.begin();
    this.#unlisten = [
      client.on("signal", ({ source, data }) => {
        if (source === targetId) this.#receive(data);
      }),
      client.on("state", (state) => {
        this.hasOutlivedClient ||= state === "closed";
        this.#clientChanged();
      }),
    ];
    this.#clientChanged();
  }

  get connection(): Connection {
    return this.#link.connection;
  }

  on<Name extends keyof PeerEvents<Connection>>(
    event: Name,
    listener: (value: PeerEvents<Connection>[Name]) => unknown,
  ): () => void {
    return this.#events.on(event, listener);
  }

  close(): void {
    this.#tell({ kind: "close" });
  }

  takeBackBye(): void {
    this.#bye.abort();
  }

  /** @throws what the constructor of the RTCPeerConnection or `setup` throws. */
  #createLink(): Link<Connection, Config> {
    const link = new Link(this.#connections, this.#clock, {
      happened: (input) => this.#tell(input),
      failed: (cause) => this.#report(cause),
    });
    link.on("connectionstatechange", () => this.#stateChanged(link.connection.connectionState));
    // The standard defines which event each name has.
    link.on("track", (event) =>
      this.#events.emit("track", event as EventOf<Connection, "ontrack">),
    );
    link.on("datachannel", (event) =>
      this.#events.emit("datachannel", event as EventOf<Connection, "ondatachannel">),
    );
    return link;
  }

  #stateChanged(state: string): void {
    this.#events.emit("connectionstate", state as Connection["connectionState"]);
    this.#watch.became(state);
    if (state !== "failed") return;
    this.#channel.news();
    // The hub may be as unreachable as the other side.
    this.#client.probe?.();
    const what = this.#watch.failed(this.#client.state === "connected");
    this.#tell({ kind: what === "replace" ? "renew" : "lost" });
  }

  #clientChanged(): void {
    const { state } = this.#client;
    const isUp = this.connection.connectionState === "connected";
    this.#tell(state === "connected" ? { kind: "connected", isUp } : { kind: "disconnected" });
  }

  #receive(data: unknown): void {
    heardByCall(data);
    const message = this.#joiner.add(data);
    if (message === null) return;
    this.#channel.news();
    this.#tell({ kind: "heard", message });
  }

  /** What a listener says while commands are carried out comes after them. */
  #tell(input: Input): void {
    this.#commands.push(...this.#negotiation.handle(input));
    if (this.#isObeying) return;
    this.#isObeying = true;
    for (let next = this.#commands.shift(); next; next = this.#commands.shift()) this.#obey(next);
    this.#isObeying = false;
  }

  #obey(command: Command): void {
    switch (command.kind) {
      case "step":
        return void this.#link.perform(command.step);
      case "send":
        return this.#send(command.message);
      case "add-candidate":
        return void this.#link.addCandidate(command.candidate);
      case "ignore-offer":
        return this.#link.offerIgnored();
      case "replace":
        return this.#replace(command.isTheirs);
      case "restart-ice":
        return void this.#link.restartIce();
      case "wait":
        return this.#wait(command.wait, command.ms);
      case "give-up":
        return this.#report("the other side refuses each offer");
      case "end":
        return this.#end(command);
    }
  }

  /** Sends no candidate of an offer that was rolled back, because the other side cannot use it. */
  #send(message: PeerMessage): void {
    if (message.kind === "candidate") {
      const { usernameFragment }: RtcCandidate = message.candidate;
      const sdp = this.connection.localDescription?.sdp;
      if (usernameFragment && !sdp?.includes(usernameFragment)) return;
    }
    this.#channel.send(message);
  }

  #replace(isTheirs: boolean): void {
    this.#link.close();
    try {
      this.#link = this.#createLink();
    } catch (cause) {
      this.#report(cause);
      return this.close();
    }
    if (isTheirs) this.#watch.begin();
    this.#events.emit("connection", this.connection);
  }

  #wait(wait: Wait, ms: number): void {
    this.#waits.get(wait)?.();
    this.#waits.set(
      wait,
      this.#clock.after(ms, () => this.#tell({ kind: "waited", wait })),
    );
  }

  #end({ by, bye, isUrgent }: Ending): void {
    this.isClosed = true;
    this.#watch.stop();
    for (const cancel of [...this.#unlisten, ...this.#waits.values()]) cancel();
    if (bye !== null) {
      // A second copy of a bye does no harm.
      const options = isUrgent ? { urgent: true } : { signal: this.#bye.signal };
      this.#channel.send(bye, { resend: true, ...options });
    }
    this.#link.close();
    const calls = callsOf(this.#client);
    this.#clock.soon(() => {
      if (calls.get(this.targetId) === this) calls.delete(this.targetId);
    });
    this.#events.emit("closed", { by });
  }

  #report(cause: unknown): void {
    if (this.isClosed) return;
    const details = { target: this.targetId, detail: String(cause), cause };
    const isOwn = cause instanceof SignalError;
    this.#events.emit("error", isOwn ? cause : new SignalError("negotiation-failed", details));
  }
}
