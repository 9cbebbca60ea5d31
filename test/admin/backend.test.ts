/** What a backend does: tokens and signals. */
import { describe, expect, it } from "vitest";
import type { Fault } from "../../src/protocol/errors.ts";
import { createService, UUID } from "./support/service.ts";

describe("POST /admin/tokens", () => {
  it("issues a token for a client", async () => {
    const { ask, orders, observed } = createService();
    const answer = await ask("POST", "/admin/tokens", { client_id: "org:zoë/1" });
    expect(answer).toMatchObject({
      status: 200,
      json: { token: "a.b.c", client_id: "org:zoë/1", expires_at: "2026-11-23T06:00:00.000Z" },
    });
    expect(orders).toEqual([{ clientId: "org:zoë/1", expiresInSeconds: null, targets: null }]);
    expect(observed).toEqual([
      { event: "admin.acted", operation: "issueToken", clientId: "org:zoë/1" },
    ]);
  });

  it("takes how long it lives, and whom the client may signal", async () => {
    const { ask, orders } = createService();
    const order = { client_id: "alice", expires_in: 60, targets: ["bob", "org:*", "*"] };
    expect((await ask("POST", "/admin/tokens", order)).status).toBe(200);
    expect(orders).toEqual([
      { clientId: "alice", expiresInSeconds: 60, targets: ["bob", "org:*", "*"] },
    ]);
  });

  it("is 409 where there is no secret, and says which one to set", async () => {
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
  ])("with targets that make it %d characters is %d: a hub takes 4096", async (length, status) => {
    const issueToken = async () => ({ token: "x".repeat(length), expiresAtMs: 0 });
    const { ask } = createService({ ports: { issueToken } });
    const order = { client_id: "alice", targets: ["bob"] };
    const answer = await ask("POST", "/admin/tokens", order);
    expect(answer.status).toBe(status);
    if (status === 400) expect(answer.json).toMatchObject({ errors: [{ pointer: "#/targets" }] });
  });
});

describe("POST /admin/signals", () => {
  const signal = { target_client_id: "bob", type: "offer", signal_data: { sdp: "v=0" } };

  it("delivers a signal, and says under which uuid", async () => {
    const { ask, signals, observed } = createService({ clients: ["bob"] });
    const answer = await ask("POST", "/admin/signals", signal);
    expect(answer).toMatchObject({
      status: 200,
      json: { status: "delivered", target_client_id: "bob", uuid: UUID },
    });
    expect(signals).toEqual([
      { source: null, target: "bob", messageType: "SIGNAL_OFFER", data: { sdp: "v=0" } },
    ]);
    expect(observed).toEqual([{ event: "admin.acted", operation: "sendSignal", clientId: "bob" }]);
  });

  it.each([
    ["offer", "SIGNAL_OFFER"],
    ["answer", "SIGNAL_ANSWER"],
    ["ice_candidate", "SIGNAL_ICE_CANDIDATE"],
  ])("sends an %s as %s, from whom the backend says", async (type, messageType) => {
    const { ask, signals } = createService({ clients: ["bob"] });
    await ask("POST", "/admin/signals", { ...signal, type, source_client_id: "server:1" });
    expect(signals).toMatchObject([{ source: "server:1", messageType }]);
  });

  it.each([[null], [false], [0], [""], ["text"], [[]], [{}], [[1, { a: [null] }]], [{ "": {} }]])(
    "takes any JSON as signal_data: %j",
    async (data) => {
      const { ask, signals } = createService({ clients: ["bob"] });
      const answer = await ask("POST", "/admin/signals", { ...signal, signal_data: data });
      expect(answer.status).toBe(200);
      expect(signals[0]?.data).toEqual(data);
    },
  );

  it.each([
    [64, 200],
    [65, 400],
    [100_000, 400],
  ])("with signal_data nested %d deep is %d", async (depth, status) => {
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
  ] as const)("that the hub refuses as %s is %d", async (fault: Fault, status, retryAfter) => {
    const sendSignal = async () => ({ outcome: "refused", fault }) as const;
    const { ask, observed } = createService({ ports: { sendSignal } });
    const answer = await ask("POST", "/admin/signals", signal);
    expect(answer).toMatchObject({ status, type: "application/problem+json" });
    expect(answer.headers.get("retry-after")).toBe(retryAfter);
    expect(observed).toEqual([]);
  });
});
