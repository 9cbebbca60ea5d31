/**
 * The blind relay: the least that any relay on hibernatable WebSockets can do. It does not read the signal. It looks up the
 * target in memory by one byte of the header and sends the bytes on, without parsing, authentication, limits or state.
 * What the hub costs beyond this is its own. This is plain JavaScript, so that workerd runs exactly what stands here.
 */
import { DurableObject } from "cloudflare:workers";

/** The first byte of the frame's uuid, where the bench writes the target's number. */
const TARGET_AT = 2;

export class BlindObject extends DurableObject {
  /** Sockets by number, the cheapest lookup there is. After hibernation the sockets' tags fill it again. */
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
