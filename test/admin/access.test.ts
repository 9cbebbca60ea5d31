/** Who may use the admin API, and what unknown paths and methods are answered. */
import { describe, expect, it } from "vitest";
import { createService, TOKEN } from "./support/service.ts";

describe("an admin API without a configured token", () => {
  it.each([
    ["GET", "/admin/sessions"],
    ["GET", "/admin/sessions/alice"],
    ["DELETE", "/admin/sessions/alice"],
    ["POST", "/admin/tokens"],
    ["GET", "/admin/openapi.json"],
    ["GET", "/admin/nothing"],
    ["GET", "/admin"],
  ])("answers %s %s like a path that never existed", async (method, path) => {
    const { ask, observed } = createService({ clients: ["alice"], token: "" });
    for (const authorization of [`Bearer ${TOKEN}`, "Bearer ", ""]) {
      const answer = await ask(method, path, undefined, { authorization });
      expect(answer).toMatchObject({ status: 404, json: "nothing of that name" });
    }
    expect(observed).toEqual([]);
  });
});

describe("the admin API, to a request without the token,", () => {
  it.each([
    ["no header", ""],
    ["a wrong token", "Bearer wrong"],
    ["another scheme", `Basic ${TOKEN}`],
    ["the token and more", `Bearer ${TOKEN}x`],
  ])("answers 401 on every path, and observes it: %s", async (_, authorization) => {
    for (const path of ["/admin/sessions/alice", "/admin/openapi.json", "/admin/nothing"]) {
      const { ask, observed, sessions } = createService({ clients: ["alice"] });
      const answer = await ask("GET", path, undefined, { authorization });
      expect(answer).toMatchObject({ status: 401, type: "application/problem+json" });
      expect(answer.headers.get("www-authenticate")).toBe("Bearer");
      expect(observed).toEqual([{ event: "admin.refused" }]);
      expect(sessions.size).toBe(1);
    }
  });

  it("answers without a change to anything", async () => {
    const service = createService({ clients: ["alice"] });
    const { ask, sessions, tokenRequests, signals, retries } = service;
    const authorization = "Bearer wrong";
    await ask("DELETE", "/admin/sessions/alice", undefined, { authorization });
    await ask("POST", "/admin/tokens", { client_id: "a" }, { authorization });
    await ask("POST", "/admin/events/retry", {}, { authorization });
    expect([sessions.size, tokenRequests, signals, retries]).toEqual([1, [], [], []]);
  });
});

describe("the admin API, to a request with the token,", () => {
  it.each(["/admin", "/admin/", "/admin/nothing", "/admin/sessions/", "/admin/sessions/a/b"])(
    "answers the unknown path %s with a problem 404",
    async (path) => {
      const { ask } = createService();
      const answer = await ask("GET", path);
      expect(answer).toMatchObject({ status: 404, type: "application/problem+json" });
      expect(answer.json).toMatchObject({ status: 404, title: "Not Found" });
    },
  );

  it.each([
    ["POST", "/admin/sessions", "GET, HEAD"],
    ["PUT", "/admin/sessions/alice", "GET, HEAD, DELETE"],
    ["GET", "/admin/tokens", "POST"],
    ["OPTIONS", "/admin/signals", "POST"],
    ["DELETE", "/admin/events/parked", "GET, HEAD"],
    ["PATCH", "/admin/events/retry", "POST"],
    ["POST", "/admin/openapi.json", "GET, HEAD"],
  ])("answers %s %s with 405, and allow names %s", async (method, path, allow) => {
    const answer = await createService().ask(method, path);
    expect(answer).toMatchObject({ status: 405, json: { title: "Method Not Allowed" } });
    expect(answer.headers.get("allow")).toBe(allow);
  });

  it("answers HEAD as it answers GET", async () => {
    const answer = await createService({ clients: ["alice"] }).ask("HEAD", "/admin/openapi.json");
    expect(answer.status).toBe(200);
  });

  it("lets no cache keep an answer", async () => {
    const { ask } = createService();
    for (const path of ["/admin/sessions", "/admin/sessions/nobody", "/admin/nothing"]) {
      expect((await ask("GET", path)).headers.get("cache-control")).toBe("no-store");
    }
    const refused = await ask("GET", "/admin/sessions", undefined, { authorization: "Bearer x" });
    expect([refused.status, refused.headers.get("cache-control")]).toEqual([401, "no-store"]);
  });

  it("answers 500 where the service rejects, observes the error, and quotes nothing of it", async () => {
    const error = new Error("SECRET of the inside");
    const { ask, observed } = createService({
      ports: { issueToken: () => Promise.reject(error) },
    });
    const answer = await ask("POST", "/admin/tokens", { client_id: "alice" });
    expect(answer).toMatchObject({ status: 500, type: "application/problem+json" });
    expect(JSON.stringify(answer.json)).not.toContain("SECRET");
    expect(observed).toEqual([{ event: "admin.failed", error }]);
  });
});
