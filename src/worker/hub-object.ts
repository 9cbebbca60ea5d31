/** The hub as a Durable Object: adapts the platform's events to `Hub`, and decides nothing. */
import { DurableObject } from "cloudflare:workers";
import type { SessionInformation } from "../hub/operations.ts";
import type { ForwardedSignal } from "../hub/ports.ts";
import { describeError } from "../log/log-hub-event.ts";
import type { ClientId } from "../protocol/client-id.ts";
import { faultRow, type Fault } from "../protocol/errors.ts";
import { Alarm } from "./alarm.ts";
import { PING, PONG, SUBPROTOCOL } from "../protocol/names.ts";
import type { Env } from "./env.ts";
import { decodeExpected, decodeGrant, EXPECTED_HEADER, GRANT_HEADER } from "./grant-header.ts";
import { createHub, type HubAssembly } from "./create-hub.ts";
import { PlatformSockets } from "./sockets/hub-sockets.ts";
import { problem } from "./problem.ts";
import type { Reporter } from "../ledger/reporter.ts";
import { servicesOf, type Services } from "./services.ts";

/** Deadlines that fall together are served by one alarm: no two of them closer than this. */
const MIN_ALARM_GAP_MS = 1000;

/** When an alarm that failed, or that found no valid configuration or no Ledger, tries again. */
const RETRY_ALARM_MS = 60_000;

/** Counts are reported so long after the first of them: before the platform puts an idle hub to sleep, which takes 10 s. */
const REPORT_COUNTS_MS = 5000;

export class HubObject extends DurableObject<Env> {
  readonly #sockets: PlatformSockets;
  readonly #alarm: Alarm;
  /** null: the configuration is not valid, and nobody is served. */
  readonly #services: Services | null;
  /** null: no client has ever come here. A signal for an id that somebody invented makes an object, and must leave nothing. */
  #parts: HubAssembly | null;
  /** Whether a report of what is counted is under way, or the alarm set for it. */
  #willReport = false;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    this.#sockets = new PlatformSockets(ctx);
    this.#alarm = new Alarm(ctx.storage);
    ctx.setWebSocketAutoResponse(new WebSocketRequestResponsePair(PING, PONG));
    const services = servicesOf(env);
    this.#services = services.ok ? services.value : null;
    this.#parts = hasHub(ctx.storage) ? this.#create() : null;
  }

  /** The Worker's upgrade request: becomes a socket, or HTTP 503 where there is no room (UP6). */
  override async fetch(request: Request): Promise<Response> {
    this.#parts ??= this.#create();
    const hub = this.#parts?.isCurrent ? this.#parts.hub : undefined;
    if (hub === undefined || !hub.hasRoom) {
      return problem(503, "Service Unavailable", faultRow("connect.full").text, {
        "retry-after": "5",
      });
    }
    const grant = decodeGrant(request.headers.get(GRANT_HEADER));
    const expected = decodeExpected(request.headers.get(EXPECTED_HEADER));
    const connection = hub.greet(crypto.randomUUID(), grant, expected);
    await this.#settle();
    const { 0: client, 1: server } = new WebSocketPair();
    this.#sockets.accept(server, connection);
    const protocol = request.headers.get("sec-websocket-protocol");
    const headers: HeadersInit =
      protocol === SUBPROTOCOL ? { "sec-websocket-protocol": protocol } : {};
    return new Response(null, { status: 101, webSocket: client, headers });
  }

  /** Not async: a signal that is routed in this hub leaves in the same turn (SI9). */
  override webSocketMessage(ws: WebSocket, message: string | ArrayBuffer): void | Promise<void> {
    const parts = (this.#parts ??= this.#create());
    const socket = this.#sockets.of(ws);
    if (parts === null || socket.hasForeignAttachment) return socket.close("going-away");
    if (!parts.isCurrent) return this.#drain(parts);
    const pending = parts.hub.receive(
      socket,
      typeof message === "string" ? message : new Uint8Array(message),
    );
    this.#sockets.flush();
    if (pending !== undefined) return pending.then(() => this.#settle());
    if (parts.hub.wantsWake || this.#wantsReport()) return this.#settle();
  }

  /** The peer's close, or the echo of ours; 1005 and 1006 where there was no close frame. */
  override webSocketClose(
    ws: WebSocket,
    code: number,
    _reason: string,
    wasClean: boolean,
  ): Promise<void> {
    const socket = this.#sockets.of(ws);
    return this.#ended(() => {
      socket.echoClose(code);
      this.#parts?.hub.closed(socket, wasClean);
    });
  }

  /** The platform reports a broken protocol here, and then no close. */
  override webSocketError(ws: WebSocket): Promise<void> {
    const socket = this.#sockets.of(ws);
    return this.#ended(() => {
      socket.close("framing-lost");
      this.#parts?.hub.closed(socket, false);
    });
  }

  /** By RPC, from the admin API; null: the client has no session. */
  async inform(clientId: ClientId): Promise<SessionInformation | null> {
    return this.#parts?.hub.inform(clientId) ?? null;
  }

  /** By RPC, from the admin API. False: the client has no session. */
  async kick(clientId: ClientId): Promise<boolean> {
    const isKicked = this.#parts?.hub.kick(clientId) ?? false;
    await this.#settle();
    return isKicked;
  }

  /** By RPC: signals from elsewhere, in order. What became of each; null: delivered. */
  async deliver(signals: readonly ForwardedSignal[]): Promise<(Fault | null)[]> {
    const hub = this.#parts?.hub;
    const fault: Fault = this.#services === null ? "internal" : "signal.absent";
    const outcomes = hub?.deliver(signals) ?? signals.map(() => fault);
    if (this.#wantsReport()) await this.#settle();
    return outcomes;
  }

  override async alarm(): Promise<void> {
    this.#alarm.onFired();
    this.#parts ??= this.#create();
    if (this.#parts === null) return this.#alarm.wakeBy(Date.now() + RETRY_ALARM_MS);
    const { hub, reporter, isCurrent } = this.#parts;
    try {
      if (isCurrent) hub.sweep();
      else hub.drain();
    } catch (error) {
      // Not thrown: the platform gives an alarm up after six failures, and nothing would ever time out again.
      this.#services?.log("hub.failed", { error: describeError(error) });
      await this.#alarm.wakeBy(Date.now() + RETRY_ALARM_MS);
    }
    // The next deadline first: a Ledger that hangs must not hold it up.
    this.#willReport = true;
    await this.#settle();
    this.#willReport = false;
    if (reporter.hasAnything) await this.#report(reporter);
  }

  #create(): HubAssembly | null {
    const services = this.#services;
    return services && createHub(this.ctx, this.env, services, this.#sockets);
  }

  /** Another number of hubs is configured: the clients come back, and find their new hub. */
  #drain({ hub }: HubAssembly): Promise<void> {
    return this.#ended(() => hub.drain());
  }

  /** What could not be ended asked for a sweep. */
  async #ended(end: () => void): Promise<void> {
    try {
      end();
    } catch (error) {
      this.#services?.log("hub.failed", { error: describeError(error) });
    }
    await this.#settle();
  }

  #wantsReport(): boolean {
    const reporter = this.#parts?.reporter;
    if (reporter === undefined) return false;
    return reporter.isDue || (reporter.hasAnything && !this.#willReport);
  }

  /** What an event leaves to do: attachments first, then the next alarm and the report. */
  async #settle(): Promise<void> {
    this.#sockets.flush();
    if (this.#parts === null) return;
    const { hub, reporter } = this.#parts;
    const wakeByMs = hub.takeWakeByMs();
    const nowMs = Date.now();
    if (wakeByMs !== null) await this.#alarm.wakeBy(Math.max(wakeByMs, nowMs + MIN_ALARM_GAP_MS));
    if (reporter.isDue) {
      // Should the object be reset before the Ledger has them, the alarm brings it back to report them.
      await this.#alarm.wakeBy(nowMs + RETRY_ALARM_MS);
      this.ctx.waitUntil(this.#report(reporter));
    } else if (reporter.hasAnything && !this.#willReport) {
      this.#willReport = true;
      await this.#alarm.wakeBy(nowMs + REPORT_COUNTS_MS);
    }
  }

  /** What was counted meanwhile, or not taken, is in memory only: the alarm comes for it before the hub may sleep. */
  async #report(reporter: Reporter): Promise<void> {
    if (!(await reporter.report())) await this.#alarm.wakeBy(Date.now() + RETRY_ALARM_MS);
    this.#willReport = reporter.hasCounts;
    if (this.#willReport) await this.#alarm.wakeBy(Date.now() + REPORT_COUNTS_MS);
  }
}

/** Whether a hub has made its tables: it makes all of them at once. To ask makes none. */
function hasHub({ sql }: DurableObjectStorage): boolean {
  return [...sql.exec("SELECT 1 FROM sqlite_master LIMIT 1")].length > 0;
}
