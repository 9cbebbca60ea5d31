/** PeerJS server, from the package `peer`. Its clients send JSON texts over a WebSocket. */
import type { Server } from "node:http";
import { numberedJson, type Adapter } from "../adapter.ts";
import { portOf } from "./ws-relay.ts";

export const peerjs: Adapter = {
  title: "PeerJS server",
  server: {
    kind: "node",
    async listen() {
      const { PeerServer } = await import("peer");
      return new Promise((resolve) => {
        // The bench exceeds the default of 5,000 clients.
        const options = { port: 0, host: "127.0.0.1", path: "/", concurrent_limit: 10_000 };
        PeerServer(options, (server: Server) => resolve(portOf(server.address())));
      });
    },
  },
  client: {
    path: ({ id }) => `peerjs?key=peerjs&id=${id}&token=${id}&version=1.5.5`,
    async handshake(talk) {
      const answer = (await talk.next()).toString();
      if (JSON.parse(answer).type !== "OPEN") throw new Error(`PeerJS server answered ${answer}`);
    },
    signal: (_from, to) =>
      numberedJson((sdp) => ({
        type: "OFFER",
        payload: { sdp: { type: "offer", sdp }, type: "data", connectionId: "dc_bench" },
        dst: to,
      })),
    isBinary: false,
    batches: false,
    beat: '{"type":"HEARTBEAT"}',
  },
};
