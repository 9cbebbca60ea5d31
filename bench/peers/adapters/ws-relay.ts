/** The relay that one writes on Node with `ws` in ten lines: it reads the target from the JSON and sends the bytes on. */
import type { IncomingMessage } from "node:http";
import type { WebSocket } from "ws";
import { numberedJson, type Adapter } from "../adapter.ts";

export const wsRelay: Adapter = {
  title: "bare ws relay on Node",
  server: {
    kind: "node",
    async listen() {
      const { WebSocketServer } = await import("ws");
      const sockets = new Map<string, WebSocket>();
      const server = new WebSocketServer({ port: 0, host: "127.0.0.1" });
      server.on("connection", (socket: WebSocket, { url = "/" }: IncomingMessage) => {
        const id = new URL(url, "http://localhost").searchParams.get("id") ?? "";
        sockets.set(id, socket);
        socket.on("close", () => {
          if (sockets.get(id) === socket) sockets.delete(id);
        });
        socket.on("message", (message: Buffer) => {
          sockets.get(JSON.parse(message.toString()).to)?.send(message, { binary: false });
        });
      });
      await new Promise((resolve) => server.once("listening", resolve));
      return portOf(server.address());
    },
  },
  client: {
    path: ({ id }) => `?id=${id}`,
    signal: (from, to) => numberedJson((sdp) => ({ to, from, type: "offer", sdp })),
    isBinary: false,
    batches: false,
  },
};

export function portOf(address: unknown): number {
  // A TCP server that listens has an address with a port.
  return (address as { readonly port: number }).port;
}
