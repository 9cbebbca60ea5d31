/** Who comes in, and what is answered where there is nothing. */
import { describe, expect, it } from "vitest";
import { createService, TOKEN } from "./support/service.ts";

describe("without a configured token", () => {
  it.each([
    ["GET", "/admin/sessions"],
    ["GET", "/admin/sessions/alice"],
    ["DELETE", "/admin/sessions/alice"],
    ["POST", "/admin/tokens"],
    ["GET", "/admin/openapi.json"],
    ["GET", "/admin/nothing"],
    ["GET", "/admin"],
  ])("%s %s is answered as what was never there", async (method, path) => {
    const { ask, observed } = createService({ clients: ["alice"], token: "" });
    for (const authorization of [`Bearer ${TOKEN}`, "Bearer ", ""]) {
      const answer = await ask(method, path, undefined, { authorization });
      expect(answer).toMatchObject({ status: 404, json: "nothing of that name" });
    }
    expect(observed).toEqual([]);
  });
});

describe("without the token", () => {
  it.each([
    ["no header", ""],
    ["a wrong token", "Bearer wrong"],
    ["another scheme", `Basic ${TOKEN}`],
    ["the token and more", `Bearer ${TOKEN}x`],
  ])("%s is answered 401 everywhere, and told", async (_, authorization) => {
    for (const path of ["/admin/sessions/alice", "/admin/openapi.json", "/admin/nothing"]) {
      const { ask, observed, sessions } = createService({ clients: ["alice"] });
      const answer = await ask("GET", path, undefined, { authorization });
      expect(answer).toMatchObject({ status: 401, type: "application/problem+json" });
      expect(answer.headers.get("www-authenticate")).toBe("Bearer");
      expect(observed).toEqual([{ event: "admin.refused" }]);
      expect(sessions.size).toBe(1);
    }
  });

  it("nothing is changed", async () => {
    const { ask, sessions, orders, signals, retries } = createService({ clients: ["alice"] });
    const authorization = "Bearer wrong";
    await ask("DELETE", "/admin/sessions/alice", undefined, { authorization });
    await ask("POST", "/admin/tokens", { client_id: "a" }, { authorization });
    await ask("POST", "/admin/events/retry", {}, { authorization });
    expect([sessions.size, orders, signals, retries]).toEqual([1, [], [], []]);
  });
});

describe("with the token", () => {
  it.each(["/admin", "/admin/", "/admin/nothing", "/admin/sessions/", "/admin/sessions/a/b"])(
    "%s is a problem 404",
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
  ])("%s %s is 405, which allows %s", async (method, path, allow) => {
    const answer = await createService().ask(method, path);
    expect(answer).toMatchObject({ status: 405, json: { title: "Method Not Allowed" } });
    expect(answer.headers.get("allow")).toBe(allow);
  });

  it("HEAD is GET without a body", async () => {
    const answer = await createService({ clients: ["alice"] }).ask("HEAD", "/admin/openapi.json");
    expect(answer.status).toBe(200);
  });

  it("nothing of it is kept by a cache", async () => {
    const { ask } = createService();
    for (const path of ["/admin/sessions", "/admin/sessions/nobody", "/admin/nothing"]) {
      expect((await ask("GET", path)).headers.get("cache-control")).toBe("no-store");
    }
  });

  it("a port that rejects is answered 500 without a word of it, and told", async () => {
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
