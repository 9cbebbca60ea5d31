/** The operations on sessions. */
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseClientId } from "../../src/protocol/client-id.ts";
import { createService, type ServiceAnswer } from "./support/service.ts";

function idsOf({ json }: ServiceAnswer): string[] {
  const { sessions } = json as { sessions: { client_id: string }[] };
  return sessions.map(({ client_id: id }) => id);
}

const NOBODY = {
  find: () => Promise.resolve(null),
  kick: () => Promise.resolve(false),
};

describe("GET /admin/sessions", () => {
  const clients = ["alice", "bob", "org:1", "org:2", "org:3", "7", "ünï/%"];

  it("lists the sessions in the order of their client ids", async () => {
    const answer = await createService({ clients }).ask("GET", "/admin/sessions");
    expect(idsOf(answer)).toEqual(["7", "alice", "bob", "org:1", "org:2", "org:3", "ünï/%"]);
    expect(answer).toMatchObject({ status: 200, type: "application/json" });
    expect(answer.json).toMatchObject({
      next: null,
      sessions: {
        1: {
          client_id: "alice",
          session_id: "session of alice",
          hub: "main",
          connected_at: "2026-11-23T06:00:00.000Z",
        },
      },
    });
  });

  it("lists nothing where no client is connected", async () => {
    const { json } = await createService().ask("GET", "/admin/sessions");
    expect(json).toEqual({ sessions: [], next: null });
  });

  it.each([
    ["org:", ["org:1", "org:2", "org:3"]],
    ["7", ["7"]],
    ["%C3%BCn%C3%AF%2F%25", ["ünï/%"]],
    ["nobody", []],
    ["", ["7", "alice", "bob", "org:1", "org:2", "org:3", "ünï/%"]],
  ])("lists only client ids that begin with %j", async (prefix, expected) => {
    const answer = await createService({ clients }).ask("GET", `/admin/sessions?prefix=${prefix}`);
    expect(idsOf(answer)).toEqual(expected);
  });

  it("continues where a page ends, until next is null", async () => {
    const { ask } = createService({ clients });
    const pages: string[][] = [];
    let path = "/admin/sessions?limit=3";
    for (let next: string | null = ""; next !== null;) {
      const answer = await ask("GET", path);
      pages.push(idsOf(answer));
      ({ next } = answer.json as { next: string | null });
      path = `/admin/sessions?limit=3&after=${encodeURIComponent(next ?? "")}`;
    }
    expect(pages).toEqual([["7", "alice", "bob"], ["org:1", "org:2", "org:3"], ["ünï/%"]]);
  });

  it.each([
    ["limit=1", 1],
    ["limit=1000", 1000],
    ["", 100],
  ])("asks for pages of the size that the query names, with %j: %d", async (query, limit) => {
    const asked: number[] = [];
    const list = async (page: { limit: number }) => {
      asked.push(page.limit);
      return { sessions: [], next: null };
    };
    const { ask } = createService({ ports: { sessions: { ...NOBODY, list } } });
    await ask("GET", `/admin/sessions?${query}`);
    expect(asked).toEqual([limit]);
  });
});

describe("/admin/sessions/{client_id}", () => {
  it("answers GET with the session", async () => {
    const { ask } = createService({ clients: ["alice"] });
    expect((await ask("GET", "/admin/sessions/alice")).json).toEqual({
      client_id: "alice",
      session_id: "session of alice",
      hub: "main",
      connected_at: "2026-11-23T06:00:00.000Z",
      last_activity: "2026-11-23T06:00:01.500Z",
      message_count: 42,
    });
  });

  it("answers the first DELETE with 204, after which the session has ended and the next is 404", async () => {
    const { ask, sessions, observed } = createService({ clients: ["alice", "bob"] });
    expect(await ask("DELETE", "/admin/sessions/alice")).toMatchObject({ status: 204, json: null });
    expect([...sessions.keys()]).toEqual(["bob"]);
    expect(await ask("DELETE", "/admin/sessions/alice")).toMatchObject({ status: 404 });
    expect(observed).toEqual([
      { event: "admin.acted", operation: "endSession", clientId: "alice" },
    ]);
  });

  it("answers 404 for a client that is not connected", async () => {
    const answer = await createService({ clients: ["alice"] }).ask("GET", "/admin/sessions/Alice");
    expect(answer).toMatchObject({ status: 404, type: "application/problem+json" });
  });

  it.each([
    "a/b",
    "/",
    "//",
    "org:alice",
    "100%",
    "%2F",
    "%252F",
    "a b",
    "a+b",
    "?q=1",
    "#frag",
    "a;b=c&d",
    "...",
    "../x",
    "zoë",
    "日本語",
    "🦊",
    "e\u0301",
    "\\",
    '"<script>"',
    "{client_id}",
    ":client_id",
    "*",
    "__proto__",
    "constructor",
    "🦊".repeat(128),
  ])("finds and ends the session of %j, percent-encoded", async (id) => {
    const { ask, sessions } = createService({ clients: [id, "another"] });
    const path = `/admin/sessions/${encodeURIComponent(id)}`;
    expect((await ask("GET", path)).json).toMatchObject({ client_id: id });
    expect((await ask("DELETE", path)).status).toBe(204);
    expect([...sessions.keys()]).toEqual(["another"]);
  });

  it("finds every client id, but for the two that mean folders in a URL", async () => {
    const id = fc
      .string({ unit: "grapheme", minLength: 1, maxLength: 40 })
      .filter((text) => parseClientId(text) !== null && text !== "." && text !== "..");
    await fc.assert(
      fc.asyncProperty(id, async (client) => {
        const { ask } = createService({ clients: [client] });
        const answer = await ask("GET", `/admin/sessions/${encodeURIComponent(client)}`);
        expect(answer.json).toMatchObject({ client_id: client });
      }),
      { numRuns: 100 },
    );
  });

  it("accepts every character percent-encoded, and as it is where that is allowed", async () => {
    const { ask } = createService({ clients: ["a:b@c"] });
    for (const spelled of ["a:b@c", "a%3Ab%40c", "%61%3a%62%40%63"]) {
      expect((await ask("GET", `/admin/sessions/${spelled}`)).status).toBe(200);
    }
  });

  it.each([
    ["%00", "must be a string of 1-128 characters without control characters"],
    ["a%0Ab", "must be a string of 1-128 characters without control characters"],
    ["x".repeat(129), "must be a string of 1-128 characters without control characters"],
    ["100%", "is not percent-encoded UTF-8"],
    ["%zz", "is not percent-encoded UTF-8"],
    ["%E0%A4", "is not percent-encoded UTF-8"],
    ["%2F%FF", "is not percent-encoded UTF-8"],
    ["%ED%A0%80", "is not percent-encoded UTF-8"],
  ])("refuses %s: it %s", async (spelled, detail) => {
    const { ask } = createService({ clients: ["alice", "100%", "%zz"] });
    for (const method of ["GET", "DELETE"]) {
      const answer = await ask(method, `/admin/sessions/${spelled}`);
      expect(answer.status).toBe(400);
      expect(answer.json).toMatchObject({ errors: [{ parameter: "client_id", detail }] });
    }
  });
});
