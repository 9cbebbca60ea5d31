/**
 * The control: a bare relay on hibernatable WebSockets, as one writes it in ten lines. It reads the signal's target
 * from its JSON, finds the target's socket by tag, and sends the bytes on. No authentication, no sessions, no stamp, no
 * limits, nothing kept. Plain JavaScript: what is read here is what workerd runs.
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
