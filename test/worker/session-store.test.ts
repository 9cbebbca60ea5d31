import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { expect, it } from "vitest";
import { SqlSessionStore } from "../../src/worker/session-store.ts";
import { clientId } from "../support/client-ids.ts";

const alice = clientId("alice");

it("[SE2] ends a session by its id, not by its client's alone, and counts what is left", async () => {
  await runInDurableObject(env.HUB.getByName("a store"), (_hub, ctx) => {
    const store = new SqlSessionStore(ctx.storage.sql);
    store.begin({ clientId: alice, sessionId: "old", connectedAtMs: 1 });
    store.begin({ clientId: alice, sessionId: "new", connectedAtMs: 2 });
    store.end(alice, "old");
    expect(store.find(alice)).toEqual({ clientId: alice, sessionId: "new", connectedAtMs: 2 });
    expect(store.count).toBe(1);
    expect(new SqlSessionStore(ctx.storage.sql).count).toBe(1);
    store.end(alice, "new");
    store.end(alice, "new");
    expect([store.count, [...store.all()]]).toEqual([0, []]);
  });
});
