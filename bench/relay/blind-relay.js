/**
 * The blind relay: the least that anything on hibernatable WebSockets can do. It does not read the signal: it looks up
 * the target by one byte of the header, in memory, and sends the bytes on. No parsing, no authentication, no limits, no state kept: whatever the hub costs above
 * this is the hub's own. Plain JavaScript: what is read here is what workerd runs.
 */
import { DurableObject } from "cloudflare:workers";

/** The first byte of the frame's uuid: the bench writes the target's number there. */
const TARGET_AT = 2;

export class BlindObject extends DurableObject {
  /** Sockets by number: the cheapest look-up there is, filled again after a sleep from the sockets' tags. */
  sockets = [];

  constructor(ctx, env) {
    super(ctx, env);
    for (const ws of ctx.getWebSockets()) this.sockets[Number(ctx.getTags(ws)[0])] = ws;
  }

  fetch(request) {
    const number = new URL(request.url).searchParams.get("number");
    const { 0: client, 1: server } = new WebSocketPair();
    this.ctx.acceptWebSocket(server, [number]);
    this.sockets[Number(number)] = server;
    return new Response(null, { status: 101, webSocket: client });
  }

  webSocketMessage(_ws, message) {
    this.sockets[new Uint8Array(message)[TARGET_AT]].send(message);
  }

  webSocketClose(ws) {
    ws.close(1000);
  }
}

export default {
  fetch: (request, env) => env.BLIND.getByName("main").fetch(request),
};
