/** Deadlines that the platform's own alarm keeps: no test turns a clock here. */
import { once } from "node:events";
import { WebSocket } from "ws";
import { afterAll, beforeAll, expect, it } from "vitest";
import { frame } from "../support/frames.ts";
import { idOf, NodeClient } from "../support/node-client.ts";
import { NodeService } from "../support/node-service.ts";

let service: NodeService;
beforeAll(async () => {
  service = await NodeService.start({
    SIGNAL_MANAGER_SERVER_CONNECT_TIMEOUT: "1",
    SIGNAL_MANAGER_SERVER_HEARTBEAT_INTERVAL: "1",
    SIGNAL_MANAGER_SERVER_MIN_SILENCE: "0",
  });
});
afterAll(() => service?.stop());

it("[CO9] the hub closes a connection that never connects, although nothing else happens", async () => {
  const client = await NodeClient.open(service.url);
  expect(await client.closed).toMatchObject({ code: 4408 });
});

it("[HB4] the hub closes a session that falls silent, although nothing else happens", async () => {
  const client = await NodeClient.connect(service.url, 1);
  expect(await client.closed).toMatchObject({ code: 4408 });
});

it("[HB4] the hub closes a session that sends only the pings of RFC 6455, although the platform answers them", async () => {
  const ws = new WebSocket(service.url);
  await once(ws, "open");
  const closed = once(ws, "close");
  ws.send(frame("CONNECT", { client_id: idOf(1), auth_token: "test_token_1" }));
  let pongs = 0;
  ws.on("pong", () => (pongs += 1));
  const pings = setInterval(() => ws.ping(), 100);
  const [code] = await closed;
  clearInterval(pings);
  expect(code).toBe(4408);
  expect(pongs).toBeGreaterThan(0);
});
