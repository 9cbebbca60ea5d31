/**
 * The hub as a Durable Object: it passes the platform's events to `Hub`, and does what `schedule` says. While the configuration
 * is not valid it serves nobody.
 */
import { DurableObject } from "cloudflare:workers";
import {
  canServe,
  encodeOutcomes,
  type ForwardedSignal,
  type SessionInformation,
  type WireOutcome,
} from "../hub/contract.ts";
import { problem } from "../admin/problem.ts";
import { schedule, type Cause, type Plan } from "../hub/schedule.ts";
import type { ClientId } from "../protocol/client-id.ts";
import { faultRow, type Fault } from "../protocol/errors.ts";
import { PING, PONG, SUBPROTOCOL } from "../protocol/names.ts";
import { Alarm } from "./alarm.ts";
import { createHub, hasHub, type HubAssembly } from "./create-hub.ts";
import { decodeExpected, decodeGrant, EXPECTED_HEADER, GRANT_HEADER } from "./grant-header.ts";
import { servicesOf, type Env, type Services } from "./services.ts";
import { PlatformSockets } from "./sockets/hub-sockets.ts";

/** How long a hub with an invalid configuration waits before it tries again. It keeps its sockets and rows meanwhile. */
const RETRY_CONFIGURATION_MS = 60_000;

export class HubObject extends DurableObject<Env> {
  readonly #sockets: PlatformSockets;
  readonly #alarm: Alarm;
  /** null: the configuration is not valid, and nobody is served. */
  readonly #services: Services | null;
  /** null: no client has ever come here. A signal for an invented id creates the object, and must leave nothing behind. */
  #assembly: HubAssembly | null;
  /** Resolves when the last report is finished, including the saving and the alarm that follow it. */
  #reporting: Promise<void> = Promise.resolve();

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    this.#sockets = new PlatformSockets(ctx);
    this.#alarm = new Alarm(ctx.storage);
    ctx.setWebSocketAutoResponse(new WebSocketRequestResponsePair(PING, PONG));
    const services = servicesOf(env);
    this.#services = services.ok ? services.value : null;
    this.#assembly = hasHub(ctx.storage) ? this.#create() : null;
  }

  /** The Worker's upgrade request becomes a socket. 503: the hub is full (UP6), has lost its place, or has no valid configuration. */
  override async fetch(request: Request): Promise<Response> {
    this.#assembly ??= this.#create();
    const grant = decodeGrant(request.headers.get(GRANT_HEADER));
    const expectedClientId = decodeExpected(request.headers.get(EXPECTED_HEADER));
    const upgrade = { grant, expectedClientId: expectedClientId ?? grant?.clientId ?? null };
    const connection = this.#assembly?.hub.open(newSocketId(), upgrade) ?? null;
    await this.#finishEvent("event");
    if (connection === null) {
      const headers = { "retry-after": "5" };
      return problem(503, faultRow("connect.full").text, { headers });
    }
    const { 0: client, 1: server } = new WebSocketPair();
    this.#sockets.accept(server, connection);
    const protocol = request.headers.get("sec-websocket-protocol");
    const headers: HeadersInit =
      protocol === SUBPROTOCOL ? { "sec-websocket-protocol": protocol } : {};
    return new Response(null, { status: 101, webSocket: client, headers });
  }

  /** Not async: a signal that is routed within this hub leaves in the same turn (SI9). */
  override webSocketMessage(ws: WebSocket, message: string | ArrayBuffer): void | Promise<void> {
    const assembly = (this.#assembly ??= this.#create());
    const socket = this.#sockets.of(ws);
    if (assembly === null || socket.hasForeignAttachment) return socket.close("going-away");
    const pending = assembly.hub.receive(
      socket,
      typeof message === "string" ? message : new Uint8Array(message),
    );
    this.#sockets.saveChanged();
    if (pending !== undefined) return pending.then(() => this.#finishEvent("event"));
    if (this.#isSettled(this.#plan(assembly, "event"))) return;
    return this.#finishEvent("event");
  }

  /** The peer's close, or the echo of ours. 1005: the close frame had no code. 1006: there was no close frame. */
  override webSocketClose(
    ws: WebSocket,
    code: number,
    _reason: string,
    wasClean: boolean,
  ): Promise<void> {
    const socket = this.#sockets.of(ws);
    socket.echoClose(code);
    this.#assembly?.hub.closed(socket, wasClean);
    return this.#finishEvent("event");
  }

  /** The platform reports a broken protocol here, and no close after it. */
  override webSocketError(ws: WebSocket): Promise<void> {
    const socket = this.#sockets.of(ws);
    socket.close("framing-lost");
    this.#assembly?.hub.closed(socket, false);
    return this.#finishEvent("event");
  }

  /** RPC, from the admin API; null: the client has no session. */
  async getSession(clientId: ClientId): Promise<SessionInformation | null> {
    return this.#assembly?.hub.getSession(clientId) ?? null;
  }

  /** The name of `getSession` in version 1 of the contract. */
  inform(clientId: ClientId): Promise<SessionInformation | null> {
    return this.getSession(clientId);
  }

  /** RPC, from the admin API. False: the client has no session. */
  async kick(clientId: ClientId): Promise<boolean> {
    const isKicked = this.#assembly?.hub.kick(clientId) ?? false;
    await this.#finishEvent("event");
    return isKicked;
  }

  /** RPC: signals of other hubs and of backends, in order. The outcome of each, in the format of the caller's version. */
  async deliver(signals: readonly ForwardedSignal[], version = 1): Promise<WireOutcome[]> {
    if (!canServe(version)) return signals.map(() => "signal.unreachable");
    const fault: Fault = this.#services === null ? "internal" : "signal.absent";
    const outcomes = this.#assembly?.hub.deliver(signals) ?? signals.map(() => fault);
    await this.#finishEvent("event");
    return encodeOutcomes(outcomes, version);
  }

  override async alarm(): Promise<void> {
    this.#alarm.onFired();
    this.#assembly ??= this.#create();
    if (this.#assembly === null) return this.#alarm.wakeBy(Date.now() + RETRY_CONFIGURATION_MS);
    this.#assembly.hub.tick();
    await this.#finishEvent("alarm");
    await this.#reporting;
  }

  #create(): HubAssembly | null {
    const services = this.#services;
    return services && createHub(this.ctx, this.env, services, this.#sockets);
  }

  #plan({ hub, reporter }: HubAssembly, cause: Cause): Plan {
    return schedule(reporter.work(hub.sweepAtMs), Date.now(), cause);
  }

  #isSettled({ wakeAtMs, startsReport }: Plan): boolean {
    return !startsReport && this.#alarm.covers(wakeAtMs);
  }

  /** Finishes an event: first the attachments, then the alarm, then the report. */
  async #finishEvent(cause: Cause): Promise<void> {
    this.#sockets.saveChanged();
    const assembly = this.#assembly;
    if (assembly === null) return;
    const plan = this.#plan(assembly, cause);
    // The report starts once the alarm is set: if the object is reset, the alarm brings it back to report again.
    await this.#alarm.wakeBy(plan.wakeAtMs);
    if (plan.startsReport) {
      this.#reporting = assembly.reporter.report().then(() => this.#finishEvent("event"));
      this.ctx.waitUntil(this.#reporting);
    }
  }
}

/** Short, because it is written into every attachment. 64 random bits are unique within one hub. */
function newSocketId(): string {
  return crypto.randomUUID().replaceAll("-", "").slice(-16);
}
