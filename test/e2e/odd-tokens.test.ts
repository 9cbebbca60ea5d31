/** The SDK on a real WebSocket, with API keys that no subprotocol can carry as they are, where no upgrade is anonymous. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { SignalClient } from "../../src/client/index.ts";
import { NodeService } from "../support/node-service.ts";

const KEYS = {
  alice: "k/ey+with=padding==",
  bob: "a key, with ümlauts: 😀",
  carol: "an-rfc-9110-token",
};

let service: NodeService;
beforeAll(async () => {
  service = await NodeService.start({
    SIGNAL_MANAGER_AUTH_ANONYMOUS_UPGRADE: "false",
    SIGNAL_MANAGER_AUTH_API_KEYS: JSON.stringify(
      Object.entries(KEYS).map(([id, token]) => `${id}:${token}`),
    ),
  });
});
afterAll(() => service?.stop());

describe("a service without anonymous upgrades", () => {
  it.each(Object.entries(KEYS))(
    "[UP2] accepts the SDK as %s at its first upgrade, with the key %j",
    async (clientId, token) => {
      let sockets = 0;
      class Counting extends WebSocket {
        constructor(url: string, protocols?: string | string[]) {
          super(url, protocols);
          sockets += 1;
        }
      }
      const client = new SignalClient({ url: service.url, clientId, token, WebSocket: Counting });
      await client.connect();
      expect(sockets).toBe(1);
      await client.close();
    },
  );

  it("[UP2] refuses another key in base64url", async () => {
    const ws = new WebSocket(service.url, ["signal-manager", "bearer64.YS9i"]);
    const opened = await new Promise((resolve) => {
      ws.addEventListener("open", () => resolve(true));
      ws.addEventListener("error", () => resolve(false));
    });
    expect(opened).toBe(false);
  });
});
