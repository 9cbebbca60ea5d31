/** The hub as a Durable Object: adapts the platform's events to `Hub`, and decides nothing. */
import { DurableObject } from "cloudflare:workers";
import { Hub } from "../hub/hub.ts";
import { describeError, logHubEvent } from "../log/log-hub-event.ts";
import type { Log } from "../log/log.ts";
import { faultRow } from "../protocol/errors.ts";
import { Alarm } from "./alarm.ts";
import { SUBPROTOCOL } from "./credentials.ts";
import type { Env } from "./env.ts";
import { decodeGrant, GRANT_HEADER } from "./grant-header.ts";
import { PlatformSockets } from "./hub-sockets.ts";
import { problem } from "./problem.ts";
import { servicesOf } from "./services.ts";
import { SqlSessionStore } from "./session-store.ts";

/** Deadlines that fall together are served by one alarm: no two of them closer than this. */
const MIN_ALARM_GAP_MS = 1000;

/** When an alarm that failed, or that found no valid configuration, tries again. */
const RETRY_ALARM_MS = 60_000;

export class HubObject extends DurableObject<Env> {
  readonly #sockets: PlatformSockets;
  readonly #alarm: Alarm;
  /** null: the configuration is not valid, and nobody is served. */
  readonly #hub: Hub | null;
  readonly #log: Log | null;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    this.#sockets = new PlatformSockets(ctx);
    this.#alarm = new Alarm(ctx.storage);
    ctx.setWebSocketAutoResponse(new WebSocketRequestResponsePair("ping", "pong"));
    const services = servicesOf(env);
    this.#log = services.ok ? services.value.log : null;
    this.#hub = services.ok
      ? new Hub(
          {
            sockets: this.#sockets,
            sessions: new SqlSessionStore(ctx.storage.sql),
            authenticate: services.value.authenticate,
            observe: (event) => logHubEvent(services.value.log, event),
            now: () => Date.now(),
          },
          services.value.hubSettings,
        )
      : null;
  }

  /** The Worker's upgrade request: becomes a socket, or HTTP 503 where there is no room (UP6). */
  override async fetch(request: Request): Promise<Response> {
    const hub = this.#hub;
    if (hub === null || !hub.hasRoom) {
      return problem(503, "Service Unavailable", faultRow("connect.full").text, {
        "retry-after": "5",
      });
    }
    const grant = decodeGrant(request.headers.get(GRANT_HEADER));
    const connection = hub.greet(crypto.randomUUID(), grant);
    await this.#settle(hub);
    const { 0: client, 1: server } = new WebSocketPair();
    this.#sockets.accept(server, connection);
    const protocol = request.headers.get("sec-websocket-protocol");
    const headers: HeadersInit =
      protocol === SUBPROTOCOL ? { "sec-websocket-protocol": protocol } : {};
    return new Response(null, { status: 101, webSocket: client, headers });
  }

  /** Not async: a signal that is routed in this hub leaves in the same turn (SI9). */
  override webSocketMessage(ws: WebSocket, message: string | ArrayBuffer): void | Promise<void> {
    const hub = this.#hub;
    const socket = this.#sockets.of(ws);
    if (hub === null || socket.isStranded) return socket.close("going-away");
    const pending = hub.receive(
      socket,
      typeof message === "string" ? message : new Uint8Array(message),
    );
    this.#sockets.flush();
    if (pending !== undefined || hub.wantsWake) return this.#settleAfter(hub, pending);
  }

  /** The peer's close, or the echo of ours; 1005 and 1006 where there was no close frame. */
  override async webSocketClose(
    ws: WebSocket,
    code: number,
    _reason: string,
    wasClean: boolean,
  ): Promise<void> {
    this.#hub?.closed(this.#sockets.of(ws), wasClean);
    this.#sockets.of(ws).reciprocate(code);
    this.#sockets.flush();
  }

  /** The platform reports a broken protocol here, and then no close. */
  override async webSocketError(ws: WebSocket): Promise<void> {
    this.#hub?.closed(this.#sockets.of(ws), false);
    this.#sockets.of(ws).close("framing-lost");
    this.#sockets.flush();
  }

  override async alarm(): Promise<void> {
    this.#alarm.wentOff();
    const hub = this.#hub;
    if (hub === null) return this.#alarm.wakeBy(Date.now() + RETRY_ALARM_MS);
    try {
      hub.sweep();
    } catch (error) {
      // Not thrown: the platform gives an alarm up after six failures, and nothing would ever time out again.
      this.#log?.("hub.failed", { error: describeError(error) });
      await this.#alarm.wakeBy(Date.now() + RETRY_ALARM_MS);
    }
    await this.#settle(hub);
  }

  async #settleAfter(hub: Hub, pending: Promise<void> | undefined): Promise<void> {
    await pending;
    await this.#settle(hub);
  }

  /** What an event leaves to do: attachments first, then the next alarm. */
  async #settle(hub: Hub): Promise<void> {
    this.#sockets.flush();
    const wakeByMs = hub.takeWakeByMs();
    if (wakeByMs === null) return;
    await this.#alarm.wakeBy(Math.max(wakeByMs, Date.now() + MIN_ALARM_GAP_MS));
  }
}
