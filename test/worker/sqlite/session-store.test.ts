import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { expect, it } from "vitest";
import type { SessionEnd } from "../../../src/hub/ports.ts";
import { Outbox } from "../../../src/worker/sqlite/outbox.ts";
import { SqlSessionStore } from "../../../src/worker/sqlite/session-store.ts";
import { clientId } from "../../support/client-ids.ts";

const alice = clientId("alice");

function storeOf(ctx: DurableObjectState) {
  const outbox = new Outbox(ctx.storage.sql, () => "an outbox");
  return { outbox, store: new SqlSessionStore(ctx.storage, outbox) };
}

function end(sessionId: string): SessionEnd {
  return {
    clientId: alice,
    sessionId,
    reason: "closed",
    connectedAtMs: 1,
    atMs: 8,
    messageCount: 3,
  };
}

it("[SE2] ends a session by its id, not by its client's alone, and counts what is left", async () => {
  await runInDurableObject(env.HUB.getByName("a store"), (_hub, ctx) => {
    const { store } = storeOf(ctx);
    store.begin({ clientId: alice, sessionId: "new", connectedAtMs: 2 });
    store.end(end("old"));
    expect(store.find(alice)).toEqual({ clientId: alice, sessionId: "new", connectedAtMs: 2 });
    expect(store.count).toBe(1);
    expect(storeOf(ctx).store.count).toBe(1);
    store.end(end("new"));
    store.end(end("new"));
    expect([store.count, [...store.all()]]).toEqual([0, []]);
  });
});

it("tells each beginning and each end once, and an end that was none not at all", async () => {
  await runInDurableObject(env.HUB.getByName("a store that tells"), (_hub, ctx) => {
    const { store, outbox } = storeOf(ctx);
    store.begin({ clientId: alice, sessionId: "s", connectedAtMs: 1 });
    store.end(end("another"));
    store.end(end("s"));
    store.end(end("s"));
    expect(outbox.head(10)).toEqual([
      {
        seq: 1,
        atMs: 1,
        body: {
          type: "client.connected",
          data: {
            client_id: "alice",
            session_id: "s",
            connected_at: "1970-01-01T00:00:00.001Z",
          },
        },
      },
      {
        seq: 2,
        atMs: 8,
        body: {
          type: "client.disconnected",
          data: {
            client_id: "alice",
            session_id: "s",
            reason: "closed",
            duration_ms: 7,
            message_count: 3,
          },
        },
      },
    ]);
  });
});

it.each([
  ["begin", "INSERT"],
  ["end", "DELETE"],
])("writes neither row nor event if one of them fails: %s", async (act) => {
  await runInDurableObject(env.HUB.getByName(`a store that fails to ${act}`), (_hub, ctx) => {
    const { store } = storeOf(ctx);
    if (act === "end") store.begin({ clientId: alice, sessionId: "s", connectedAtMs: 1 });
    ctx.storage.sql.exec(
      "CREATE TRIGGER full BEFORE INSERT ON outbox BEGIN SELECT RAISE(FAIL, 'disk full'); END",
    );
    const before = [...store.all()];
    const fail = () =>
      act === "end"
        ? store.end(end("s"))
        : store.begin({ clientId: alice, sessionId: "s", connectedAtMs: 1 });
    expect(fail).toThrow("disk full");
    expect([...store.all()]).toEqual(before);
    expect(store.count).toBe(before.length);
  });
});

it("never gives a number twice, though the outbox was emptied and the hub slept", async () => {
  await runInDurableObject(env.HUB.getByName("a store that counts"), (_hub, ctx) => {
    const { store, outbox } = storeOf(ctx);
    store.begin({ clientId: alice, sessionId: "s", connectedAtMs: 1 });
    outbox.remove(1);
    expect(outbox.isEmpty).toBe(true);
    const woken = storeOf(ctx);
    expect(woken.outbox.id).toBe(outbox.id);
    woken.store.end(end("s"));
    expect(woken.outbox.head(10).map(({ seq }) => seq)).toEqual([2]);
  });
});
