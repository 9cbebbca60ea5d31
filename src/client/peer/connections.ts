/** Makes the RTCPeerConnections of one call, and gives each its configuration, which a function may make anew every time. */
import { SignalError } from "../errors.ts";
import type { Clock } from "../ports.ts";
import type { PeerOptions } from "./contract.ts";
import { inTime } from "./in-time.ts";
import type { RtcConnection } from "./rtc.ts";

/** How long a function may take for its configuration. A negotiation waits for it. */
export const CONFIG_TIMEOUT_MS = 10_000;

type RtcConstructor<Connection, Config> = new (config?: Config) => Connection;

export class Connections<Connection extends RtcConnection, Config> {
  readonly #options: PeerOptions<Connection, Config>;
  readonly #clock: Clock;
  readonly #onFailure: (cause: unknown) => void;
  readonly #RTCPeerConnection: RtcConstructor<Connection, Config>;
  readonly #configuring = new WeakMap<Connection, Promise<void>>();
  #config: Config | undefined;

  /**
   * Calls `onFailure`, after the current task, when a configuration cannot be had or the RTCPeerConnection refuses it. The
   * last one then stands.
   * @throws SignalError `bad-option` without RTCPeerConnection.
   */
  constructor(
    options: PeerOptions<Connection, Config>,
    clock: Clock,
    onFailure: (cause: unknown) => void,
  ) {
    this.#options = options;
    this.#clock = clock;
    this.#onFailure = onFailure;
    this.#RTCPeerConnection = options.RTCPeerConnection ?? platformConstructor();
  }

  /** With its tracks and data channels. @throws what the constructor or `setup` throws. */
  create(): Connection {
    const asked = this.#ask();
    if (!isPromise(asked)) this.#config = asked;
    const connection = new this.#RTCPeerConnection(this.#config);
    if (isPromise(asked)) this.#configure(connection, asked);
    try {
      this.#options.setup?.(connection);
    } catch (thrown) {
      connection.close();
      throw thrown;
    }
    return connection;
  }

  /** Never rejects. Resolves when this connection has its configuration: at once, unless the function is asynchronous. */
  async configured(connection: Connection): Promise<void> {
    await this.#configuring.get(connection);
  }

  /** Asks the function again, as an ICE restart needs. Never rejects. Resolves at once if there is no function. */
  async refresh(connection: Connection): Promise<void> {
    if (typeof this.#options.rtcConfig !== "function") return;
    // The answer to an earlier question must not replace the answer to this one.
    await this.configured(connection);
    await this.#configure(connection, Promise.resolve(this.#ask()));
  }

  #configure(connection: Connection, asked: Promise<Config | undefined>): Promise<void> {
    const late = new Error("rtcConfig gave no configuration in time");
    const configured = inTime(this.#clock, CONFIG_TIMEOUT_MS, late, asked).then((config) => {
      this.#config = config;
      if (connection.signalingState === "closed") return;
      if (connection.setConfiguration === undefined) {
        throw new Error("this RTCPeerConnection has no setConfiguration");
      }
      connection.setConfiguration(config);
    });
    const settled = configured.catch((cause) => this.#onFailure(cause));
    this.#configuring.set(connection, settled);
    return settled;
  }

  /** What a function throws becomes a rejection, which leaves the last configuration in place. */
  #ask(): Config | undefined | Promise<Config | undefined> {
    const { rtcConfig } = this.#options;
    if (typeof rtcConfig !== "function") return rtcConfig;
    try {
      // A configuration is never a function itself.
      return (rtcConfig as () => Config | Promise<Config>)();
    } catch (thrown) {
      return Promise.reject(thrown);
    }
  }
}

function platformConstructor<Connection, Config>(): RtcConstructor<Connection, Config> {
  // Without the option, the type parameters are the platform's own.
  const { RTCPeerConnection } = globalThis as {
    readonly RTCPeerConnection?: unknown;
  } as { readonly RTCPeerConnection?: RtcConstructor<Connection, Config> };
  if (RTCPeerConnection !== undefined) return RTCPeerConnection;
  throw new SignalError("bad-option", {
    detail: "this platform has no RTCPeerConnection: pass the option",
  });
}

function isPromise<Value>(asked: Value | Promise<Value>): asked is Promise<Value> {
  return typeof (asked as { readonly then?: unknown } | undefined)?.then === "function";
}
