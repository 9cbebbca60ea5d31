/** Deadlines that the platform's own alarm keeps: no test turns a clock here. */
import { afterAll, beforeAll, expect, it } from "vitest";
import { NodeClient } from "../support/node-client.ts";
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
