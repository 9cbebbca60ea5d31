/** The examples of the original protocol document, word for word, against a service as `npm start` starts it. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { binary, frame } from "../support/frames.ts";
import { NodeClient } from "../support/node-client.ts";
import { issueToken, NodeService } from "../support/node-service.ts";

const CONNECT_UUID = "550e8400-e29b-41d4-a716-446655440000";
const SIGNAL_UUID = "550e8400-e29b-41d4-a716-446655440001";
const HEARTBEAT_UUID = "550e8400-e29b-41d4-a716-446655440002";
const CREDENTIALS = { client_id: "test_client_1", auth_token: "test_token_1" };
const SIGNAL = { target_client_id: "client_2", signal_data: "base64_encoded_webrtc_offer" };

let service: NodeService;
beforeAll(async () => {
  service = await NodeService.start();
});
afterAll(() => service?.stop());

/** The first test client, and `client_2`, which gets its signals. */
async function openPair(): Promise<[NodeClient, NodeClient]> {
  const source = await NodeClient.connect(service.url, 1);
  const target = await NodeClient.open(service.url);
  const token = await issueToken(["client_2"]);
  await target.expectAck(frame("CONNECT", { client_id: "client_2", auth_token: token }));
  return [source, target];
}

describe("CONNECT", () => {
  it("[CO2] in JSON is answered by CONNECT_ACK in JSON", async () => {
    const client = await NodeClient.open(service.url);
    const ack = await client.expectAck(frame("CONNECT", CREDENTIALS, CONNECT_UUID));
    expect(ack).toEqual({
      type: "CONNECT_ACK",
      uuid: CONNECT_UUID,
      payload: {
        status: "success",
        session_id: expect.stringMatching(/^[0-9a-f-]{36}$/),
        client_id: "test_client_1",
        heartbeat_interval: 30,
        server_time: expect.any(Number),
        capabilities: [],
      },
    });
  });

  it("[PT4] in TEXT is answered by CONNECT_ACK in TEXT", async () => {
    const client = await NodeClient.open(service.url);
    const connect = frame("CONNECT", "test_client_1:test_token_1", CONNECT_UUID);
    expect(await client.expectAck(connect)).toEqual({
      type: "CONNECT_ACK",
      uuid: CONNECT_UUID,
      payload: expect.stringMatching(/^success:[0-9a-f-]{36}$/),
    });
  });

  it("[PT6] in BINARY is answered by CONNECT_ACK in JSON", async () => {
    const client = await NodeClient.open(service.url);
    const connect = frame("CONNECT", binary(["test_client_1", "test_token_1"]), CONNECT_UUID);
    expect(await client.expectAck(connect)).toMatchObject({
      uuid: CONNECT_UUID,
      payload: { status: "success", client_id: "test_client_1" },
    });
  });

  it("[CO5] with a wrong token is answered by ERROR 401", async () => {
    const client = await NodeClient.open(service.url);
    client.send(frame("CONNECT", { ...CREDENTIALS, auth_token: "x" }, CONNECT_UUID));
    expect(await client.next()).toEqual({
      type: "ERROR",
      uuid: CONNECT_UUID,
      payload: { error_code: 401, error_message: "Invalid token" },
    });
  });
});

describe("a signal", () => {
  it("[SI2] reaches the target with its source, in JSON", async () => {
    const [source, target] = await openPair();
    source.send(frame("SIGNAL_OFFER", SIGNAL, SIGNAL_UUID));
    expect(await target.next()).toEqual({
      type: "SIGNAL_OFFER",
      uuid: SIGNAL_UUID,
      payload: { ...SIGNAL, source_client_id: "test_client_1" },
    });
  });

  it("[SI3] reaches the target with its source, in TEXT", async () => {
    const [source, target] = await openPair();
    source.send(frame("SIGNAL_ANSWER", "client_2:v=0\r\na=setup:active", SIGNAL_UUID));
    expect(await target.next()).toEqual({
      type: "SIGNAL_ANSWER",
      uuid: SIGNAL_UUID,
      payload: "test_client_1:v=0\r\na=setup:active",
    });
  });

  it("[SI4] reaches the target with its source, in BINARY", async () => {
    const [source, target] = await openPair();
    const bytes = Uint8Array.of(0, 0xaa, 0xff);
    source.send(frame("SIGNAL_ICE_CANDIDATE", binary(["client_2"], bytes), SIGNAL_UUID));
    expect(await target.next()).toEqual({
      type: "SIGNAL_ICE_CANDIDATE",
      uuid: SIGNAL_UUID,
      payload: binary(["test_client_1"], bytes),
    });
  });

  it("[SI6] is answered by ERROR 404 if the target is not connected", async () => {
    const source = await NodeClient.connect(service.url, 1);
    source.send(frame("SIGNAL_OFFER", { ...SIGNAL, target_client_id: "client_3" }, SIGNAL_UUID));
    expect(await source.next()).toEqual({
      type: "ERROR",
      uuid: SIGNAL_UUID,
      payload: {
        error_code: 404,
        error_message: "Target client not found",
        target_client_id: "client_3",
      },
    });
  });
});

describe("HEARTBEAT", () => {
  it.each([
    ["JSON", { timestamp: 1_700_000_000_000 }, 1_700_000_000_000],
    ["TEXT", "1700000000000", 1_700_000_000_000],
    ["BINARY", new Uint8Array(), null],
  ])("[HB1] in %s is answered by HEARTBEAT_ACK", async (_, payload, echoed) => {
    const client = await NodeClient.connect(service.url, 1);
    client.send(frame("HEARTBEAT", payload, HEARTBEAT_UUID));
    expect(await client.next()).toEqual({
      type: "HEARTBEAT_ACK",
      uuid: HEARTBEAT_UUID,
      payload: { timestamp: expect.any(Number), client_timestamp: echoed },
    });
  });

  it("[HB3] may be the text ping, which is answered by pong", async () => {
    const client = await NodeClient.connect(service.url, 1);
    client.send("ping");
    expect(await client.next()).toBe("pong");
  });
});

describe("an HTTP request", () => {
  it("[UP1] for / without an upgrade is answered by 426 and the service's own URL", async () => {
    const response = await service.fetch("/");
    expect(response.status).toBe(426);
    expect(await response.text()).toContain(`new WebSocket("${service.url}")`);
  });

  it("[UP1] for /health is answered by ok", async () => {
    const response = await service.fetch("/health");
    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({ status: "ok", version: expect.any(String) });
  });

  it("[UP1] for any other path is answered by 404", async () => {
    const response = await service.fetch("/nothing");
    expect(response.status).toBe(404);
    expect(response.headers.get("content-type")).toBe("application/problem+json");
  });
});
