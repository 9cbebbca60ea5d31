/**
 * The one place where a signal is handed over, whoever sends it: a socket of this hub, another hub or a backend. Every
 * signal has one outcome, and the outcome is the answer to the session that sent it.
 */
import type { ClientId } from "../protocol/client-id.ts";
import { faultRow, type Fault } from "../protocol/errors.ts";
import type { ErrorDetails } from "../protocol/messages/error.ts";
import { signalAck, type SignalRequest } from "../protocol/messages/signal.ts";
import type { InboundRequest, ReplyTo } from "../wires/wire.ts";
import { refOf, type SessionRef } from "./connection.ts";
import { RETRY_AFTER_MS, type Connections } from "./connections.ts";
import type { DeliveryOutcome, ForwardedSignal, SignalMeta } from "./contract.ts";
import { isSilent } from "./deadlines.ts";
import type { OutboundBatcher } from "./outbound.ts";
import { hubNameOf } from "./placement.ts";
import type { HubPorts, HubSettings, Placement, SessionSocket } from "./ports.ts";
import { RemoteDelivery } from "./remote-delivery.ts";
import type { Sessions } from "./sessions.ts";

/** Where the target of a signal is. */
export type Route =
  | { readonly kind: "local"; readonly socket: SessionSocket }
  | { readonly kind: "remote"; readonly hub: string }
  | { readonly kind: "absent" };

const ABSENT = { kind: "absent" } as const;

/** Routes signals, hands them over, and reports each outcome to the session that sent the signal. */
export class Deliverer {
  readonly #ports: Pick<HubPorts, "observe" | "stats" | "remoteHubs">;
  readonly #settings: HubSettings;
  readonly #placement: Placement;
  readonly #sessions: Sessions;
  readonly #connections: Connections;
  readonly #outbound: OutboundBatcher;
  readonly #remote: RemoteDelivery;

  constructor(
    ports: Pick<HubPorts, "observe" | "stats" | "remoteHubs">,
    settings: HubSettings,
    placement: Placement,
    parts: {
      readonly sessions: Sessions;
      readonly connections: Connections;
      readonly outbound: OutboundBatcher;
    },
  ) {
    this.#ports = ports;
    this.#settings = settings;
    this.#placement = placement;
    this.#sessions = parts.sessions;
    this.#connections = parts.connections;
    this.#outbound = parts.outbound;
    this.#remote = new RemoteDelivery(ports.remoteHubs);
  }

  /**
   * Delivers a signal that a session of this hub sent and may send. The answer follows at once, or when the target's hub
   * has answered.
   */
  send(
    source: SessionSocket,
    request: InboundRequest,
    decoded: SignalRequest,
    nowMs: number,
  ): void {
    const { session } = source.connection;
    const { target } = decoded;
    const signal = { source: session.clientId, target, messageType: request.messageType };
    const route = this.#route(target, nowMs);
    if (route.kind === "absent") {
      return this.reportOutcome(source, request, signal, this.#absent());
    }
    const stamped = source.wire.stamp(request, decoded, session.clientId);
    if (!stamped.ok) return this.reportOutcome(source, request, signal, stamped.failure);
    if (route.kind === "local") {
      const outcome = this.#handOver(route.socket, signal, stamped.value);
      return this.reportOutcome(source, request, signal, outcome);
    }
    const pending = { source: refOf(session), replyTo: request, signal, frame: stamped.value };
    this.#remote.add(route.hub, pending);
  }

  /** Delivers a signal from another hub, or from a backend, and never passes it on. */
  deliverForwarded({ frame, ...signal }: ForwardedSignal, nowMs: number): DeliveryOutcome {
    const route = this.#routeHere(signal.target, nowMs);
    return route.kind === "local" ? this.#handOver(route.socket, signal, frame) : this.#absent();
  }

  /** Sends the signals that are for other hubs; undefined: there are none. Resolves when each has its answer. Never rejects. */
  sendToOtherHubs(): Promise<void> | undefined {
    return this.#remote.send((answered) => {
      this.#outbound.batch(() => {
        for (const { source, replyTo, signal, outcome } of answered) {
          this.#reportRemoteOutcome(source, replyTo, signal, outcome);
        }
      });
    });
  }

  /** Tells the source's session what became of its signal, and observers if it did not arrive (SI6, SI10). */
  reportOutcome(
    source: SessionSocket,
    replyTo: ReplyTo,
    signal: SignalMeta,
    outcome: DeliveryOutcome,
  ): void {
    const { target } = signal;
    // A signal that is held gets its one answer at the end.
    if (outcome === "held") return;
    if (outcome === "delivered") {
      if (source.connection.session.capabilities.includes("ack")) {
        this.#connections.answer(source, replyTo, signalAck, { target });
      }
      return;
    }
    const mayTryAgain = faultRow(outcome).code === 503;
    const details: ErrorDetails = mayTryAgain
      ? { target, retryAfterMs: RETRY_AFTER_MS }
      : { target };
    this.#connections.refuse(source, replyTo, outcome, details);
    this.#observeUndelivered(signal, outcome);
  }

  /** The session may be on another socket by now, or over: then nobody waits for the answer. */
  #reportRemoteOutcome(
    ref: SessionRef,
    replyTo: ReplyTo,
    signal: SignalMeta,
    outcome: DeliveryOutcome,
  ): void {
    const source = this.#sessions.findSession(ref);
    if (source !== undefined) return this.reportOutcome(source, replyTo, signal, outcome);
    if (outcome !== "held" && outcome !== "delivered") this.#observeUndelivered(signal, outcome);
  }

  #observeUndelivered(signal: SignalMeta, fault: Fault): void {
    const { code } = faultRow(fault);
    this.#ports.observe({ event: "signal.undelivered", code, ...signal });
  }

  #route(target: ClientId, nowMs: number): Route {
    const { hubName, hubs } = this.#placement;
    // First, because it reads nothing: a client of another hub has no row here.
    const home = hubs === 1 ? hubName : hubNameOf(target, hubs);
    return home === hubName ? this.#routeHere(target, nowMs) : { kind: "remote", hub: home };
  }

  /** A target that has fallen silent is found out here, and its connection is closed (HB4). */
  #routeHere(target: ClientId, nowMs: number): Exclude<Route, { kind: "remote" }> {
    const socket = this.#sessions.find(target);
    if (socket === undefined) return ABSENT;
    if (!isSilent(socket.connection, socket, this.#settings, nowMs)) {
      return { kind: "local", socket };
    }
    this.#connections.close(socket, "timed-out");
    return ABSENT;
  }

  /** What becomes of a signal for a client without a socket here. A hub that holds signals would keep it instead. */
  #absent(): DeliveryOutcome {
    return "signal.absent";
  }

  #handOver(target: SessionSocket, signal: SignalMeta, frame: Uint8Array): DeliveryOutcome {
    if (!this.#outbound.send(target, target.wire.encodeDelivery(frame))) {
      return target.isBacklogged ? "signal.backlog" : "signal.absent";
    }
    this.#ports.stats.delivered(signal);
    return "delivered";
  }
}
