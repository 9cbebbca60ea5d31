/** The hub's session rows on the platform's SQLite, each written together with its event. */
import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { expect, it } from "vitest";
import type { NewEvent } from "../../../src/events/event-types.ts";
import type { SessionRow } from "../../../src/hub/ports.ts";
import { sqlHubStores, type HubStores } from "../../../src/worker/sqlite/hub-stores.ts";
import { clientId } from "../../support/client-ids.ts";
import { connected } from "../../support/events.ts";

const alice = clientId("alice");
const BEGUN: NewEvent = { atMs: 1, body: connected("alice") };
const ENDED: NewEvent = {
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
};

function row(sessionId: string, socketId: SessionRow["socketId"] = `socket of ${sessionId}`) {
  return { clientId: alice, sessionId, socketId, connectedAtMs: 1 };
}

let made = 0;

/** `again` returns the stores that a hub finds when it wakes. */
async function withStores(
  use: (stores: HubStores, again: () => HubStores, storage: DurableObjectStorage) => void,
): Promise<void> {
  made += 1;
  await runInDurableObject(env.HUB.getByName(`sessions-${made}`), (_hub, { storage }) => {
    const again = () => sqlHubStores(storage, () => "an outbox");
    use(again(), again, storage);
  });
}

it("[SE2] The session store ends a session only by its own id, and counts the sessions that are left", async () => {
  await withStores(({ sessions }, again) => {
    sessions.begin(row("new"), BEGUN);
    expect(sessions.end(alice, "old", ENDED)).toBe(false);
    expect(sessions.find(alice)).toEqual(row("new"));
    expect([sessions.count, again().sessions.count]).toEqual([1, 1]);
    expect(sessions.end(alice, "new", ENDED)).toBe(true);
    expect(sessions.end(alice, "new", ENDED)).toBe(false);
    expect([sessions.count, [...sessions.all()]]).toEqual([0, []]);
  });
});

it("The session store knows which socket a session is attached to, or that it is attached to none", async () => {
  await withStores(({ sessions }, again) => {
    sessions.begin(row("s", "a-socket"), BEGUN);
    expect(again().sessions.find(alice)).toEqual(row("s", "a-socket"));
    sessions.end(alice, "s", ENDED);
    sessions.begin(row("t", null), BEGUN);
    expect([...again().sessions.all()]).toEqual([row("t", null)]);
  });
});

it("The session store appends the event of each beginning and each end, and none for an end that was none", async () => {
  await withStores(({ sessions, outbox }) => {
    sessions.begin(row("s"), BEGUN);
    sessions.end(alice, "another", ENDED);
    sessions.end(alice, "s", ENDED);
    sessions.end(alice, "s", ENDED);
    expect(outbox.head(10)).toEqual([
      { sequence: 1, ...BEGUN },
      { sequence: 2, ...ENDED },
    ]);
  });
});

it.each(["begin", "end"])(
  "The session store writes neither row nor event if one of them fails: %s",
  async (act) => {
    await withStores(({ sessions }, _again, storage) => {
      if (act === "end") sessions.begin(row("s"), BEGUN);
      storage.sql.exec(
        "CREATE TRIGGER full BEFORE INSERT ON outbox BEGIN SELECT RAISE(FAIL, 'disk full'); END",
      );
      const before = [...sessions.all()];
      const fail = () =>
        act === "end" ? sessions.end(alice, "s", ENDED) : sessions.begin(row("s"), BEGUN);
      expect(fail).toThrow("disk full");
      expect([...sessions.all()]).toEqual(before);
      expect(sessions.count).toBe(before.length);
    });
  },
);

it("The outbox never uses a sequence twice, though it was emptied and the hub slept", async () => {
  await withStores(({ sessions, outbox }, again) => {
    sessions.begin(row("s"), BEGUN);
    outbox.remove(1);
    expect(outbox.isEmpty).toBe(true);
    const woken = again();
    expect(woken.outbox.id).toBe(outbox.id);
    woken.sessions.end(alice, "s", ENDED);
    expect(woken.outbox.head(10).map(({ sequence }) => sequence)).toEqual([2]);
  });
});
