/** The operations of backends: tokens and signals. */
import { describe, expect, it } from "vitest";
import type { Fault } from "../../src/protocol/errors.ts";
import { createService, UUID } from "./support/service.ts";

describe("POST /admin/tokens", () => {
  it("issues a token for a client", async () => {
    const { ask, tokenRequests, observed } = createService();
    const answer = await ask("POST", "/admin/tokens", { client_id: "org:zoë/1" });
    expect(answer).toMatchObject({
      status: 200,
      json: { token: "a.b.c", client_id: "org:zoë/1", expires_at: "2026-11-23T06:00:00.000Z" },
    });
    expect(tokenRequests).toEqual([{ client_id: "org:zoë/1" }]);
    expect(observed).toEqual([
      { event: "admin.acted", operation: "issueToken", clientId: "org:zoë/1" },
    ]);
  });

  it("accepts an expiry and the targets that the client may signal", async () => {
    const { ask, tokenRequests } = createService();
    const request = { client_id: "alice", expires_in: 60, targets: ["bob", "org:*", "*"] };
    expect((await ask("POST", "/admin/tokens", request)).status).toBe(200);
    expect(tokenRequests).toEqual([request]);
  });

  it("answers 409 where no secret is configured, and names the variable to set", async () => {
    const { ask, observed } = createService({ ports: { issueToken: async () => null } });
    const answer = await ask("POST", "/admin/tokens", { client_id: "alice" });
    expect(answer).toMatchObject({ status: 409, json: { title: "Conflict" } });
    expect(answer.json).toMatchObject({
      detail: expect.stringContaining("SIGNAL_MANAGER_AUTH_TOKEN_SECRET"),
    });
    expect(observed).toEqual([]);
  });

  it.each([
    [4096, 200],
    [4097, 400],
  ])(
    "answers a token of %d characters with %d, since a hub accepts 4096",
    async (length, status) => {
      const issued = { client_id: "alice", expires_at: "2026-11-23T06:00:00.000Z" };
      const issueToken = async () => ({ ...issued, token: "x".repeat(length) });
      const { ask } = createService({ ports: { issueToken } });
      const request = { client_id: "alice", targets: ["bob"] };
      const answer = await ask("POST", "/admin/tokens", request);
      expect(answer.status).toBe(status);
      if (status === 400) expect(answer.json).toMatchObject({ errors: [{ pointer: "#/targets" }] });
    },
  );
});

describe("POST /admin/signals", () => {
  const signal = { target_client_id: "bob", type: "offer", signal_data: { sdp: "v=0" } };

  it("delivers a signal and answers with its uuid", async () => {
    const { ask, signals, observed } = createService({ clients: ["bob"] });
    const answer = await ask("POST", "/admin/signals", signal);
    expect(answer).toMatchObject({
      status: 200,
      json: { status: "delivered", target_client_id: "bob", uuid: UUID },
    });
    expect(signals).toEqual([signal]);
    expect(observed).toEqual([{ event: "admin.acted", operation: "sendSignal", clientId: "bob" }]);
  });

  it.each(["offer", "answer", "ice-candidate", "ice_candidate"])(
    "sends a signal of type %s from the source that the backend names",
    async (type) => {
      const { ask, signals } = createService({ clients: ["bob"] });
      await ask("POST", "/admin/signals", { ...signal, type, source_client_id: "server:1" });
      expect(signals).toEqual([{ ...signal, type, source_client_id: "server:1" }]);
    },
  );

  it.each([[null], [false], [0], [""], ["text"], [[]], [{}], [[1, { a: [null] }]], [{ "": {} }]])(
    "accepts any JSON value as signal_data: %j",
    async (data) => {
      const { ask, signals } = createService({ clients: ["bob"] });
      const answer = await ask("POST", "/admin/signals", { ...signal, signal_data: data });
      expect(answer.status).toBe(200);
      expect(signals[0]?.signal_data).toEqual(data);
    },
  );

  it.each(["1e999", "[-1e999]", '{"a":{"b":[1e999]}}'])(
    "refuses a number that the target could not receive: %s",
    async (data) => {
      const { ask, signals } = createService({ clients: ["bob"] });
      const body = `{"target_client_id":"bob","type":"offer","signal_data":${data}}`;
      const answer = await ask("POST", "/admin/signals", body);
      expect(answer).toMatchObject({ status: 400 });
      expect(answer.json).toMatchObject({ errors: [{ pointer: "#/signal_data" }] });
      expect(signals).toEqual([]);
    },
  );

  it.each([
    [64, 200],
    [65, 400],
    [100_000, 400],
  ])("answers signal_data that is nested %d levels deep with %d", async (depth, status) => {
    const { ask } = createService({ clients: ["bob"] });
    const nested = "[".repeat(depth) + "]".repeat(depth);
    const body = `{"target_client_id":"bob","type":"offer","signal_data":${nested}}`;
    expect((await ask("POST", "/admin/signals", body)).status).toBe(status);
  });

  it.each([
    ["signal.absent", 404, null],
    ["signal.backlog", 503, "1"],
    ["signal.too-large", 413, null],
    ["signal.unreachable", 503, "1"],
    ["internal", 500, null],
  ] as const)("answers the hub's refusal %s with %d", async (fault: Fault, status, retryAfter) => {
    const sendSignal = async () => ({ outcome: "refused", fault }) as const;
    const { ask, observed } = createService({ ports: { sendSignal } });
    const answer = await ask("POST", "/admin/signals", signal);
    expect(answer).toMatchObject({ status, type: "application/problem+json" });
    expect(answer.headers.get("retry-after")).toBe(retryAfter);
    expect(observed).toEqual([]);
  });
});
