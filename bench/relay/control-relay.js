/**
 * The control: the relay on hibernatable WebSockets that one writes in ten lines. It reads the target from the signal's
 * JSON, finds the target's socket by its tag and sends the bytes on, without authentication, sessions, stamp, limits or
 * state. This is plain JavaScript, so that workerd runs exactly what stands here.
 */
import { DurableObject } from "cloudflare:workers";

const HEADER_BYTES = 21;
const decoder = new TextDecoder();

export class ControlObject extends DurableObject {
  fetch(request) {
    const clientId = new URL(request.url).searchParams.get("client_id");
    const { 0: client, 1: server } = new WebSocketPair();
    this.ctx.acceptWebSocket(server, [clientId]);
    return new Response(null, { status: 101, webSocket: client });
  }

  webSocketMessage(_ws, message) {
    const payload = decoder.decode(new Uint8Array(message, HEADER_BYTES));
    const [target] = this.ctx.getWebSockets(JSON.parse(payload).target_client_id);
    target.send(message);
  }

  webSocketClose(ws) {
    ws.close(1000);
  }
}

export default {
  fetch: (request, env) => env.CONTROL.getByName("main").fetch(request),
};
