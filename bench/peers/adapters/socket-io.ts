/** Socket.IO with a relay as its documentation writes it: each client is in a room of its own id. Only the WebSocket transport. */
import { createServer } from "node:http";
import { numberedJson, type Adapter } from "../adapter.ts";
import { portOf } from "./ws-relay.ts";

/** Engine.IO's ping and pong. */
const PING = "2".charCodeAt(0);
const PONG = "3";

export const socketIo: Adapter = {
  title: "Socket.IO",
  server: {
    kind: "node",
    async listen() {
      const { Server } = await import("socket.io");
      const http = createServer();
      const io = new Server(http, { transports: ["websocket"] });
      io.on("connection", (socket) => {
        const { id } = socket.handshake.auth;
        void socket.join(String(id));
        socket.on("signal", (signal: { readonly to: string }) => {
          io.to(signal.to).emit("signal", { ...signal, from: id });
        });
      });
      await new Promise<void>((resolve) => http.listen(0, "127.0.0.1", resolve));
      return portOf(http.address());
    },
  },
  client: {
    path: () => "socket.io/?EIO=4&transport=websocket",
    async handshake(talk, { id }) {
      await talk.next();
      talk.send(`40${JSON.stringify({ id })}`);
      const answer = (await talk.next()).toString();
      if (!answer.startsWith("40")) throw new Error(`Socket.IO answered ${answer}`);
    },
    signal: (_from, to) => numberedJson((sdp) => ["signal", { to, type: "offer", sdp }], "42"),
    isBinary: false,
    batches: false,
    answer: (message) => (message.length === 1 && message[0] === PING ? PONG : null),
  },
};
