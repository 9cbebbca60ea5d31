/** The real service with several hubs and two Ledgers, used by the SDK on Node's own WebSocket, as an application uses it. */
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { issueJwt } from "../../src/auth/jwt.ts";
import { SignalClient, type Signal } from "../../src/client/index.ts";
import { PUBLIC_TOKEN_SECRET } from "../../src/config/cross-checks.ts";
import { hubNameOf } from "../../src/hub/placement.ts";
import { fnv1a } from "../../src/protocol/fnv1a.ts";
import { clientId } from "../support/client-ids.ts";
import { NodeService } from "../support/node-service.ts";
import { scrape } from "../support/scrape.ts";

const ADMIN_TOKEN = "the-admin-token-of-the-tests";
const IDS = ["alice", "bob", "carol", "dave", "erin", "frank"];
const LEDGERS = 2;

describe.each(["7", "per-client"])("with routing.hubs = %s the service", (hubs) => {
  let service: NodeService;
  const clients = new Map<string, SignalClient>();
  const received = new Map<string, Signal[]>();

  beforeAll(async () => {
    service = await NodeService.start({
      SIGNAL_MANAGER_ROUTING_HUBS: hubs,
      SIGNAL_MANAGER_EVENTS_LEDGERS: String(LEDGERS),
      SIGNAL_MANAGER_ADMIN_TOKEN: ADMIN_TOKEN,
    });
    for (const id of IDS) {
      const token = () =>
        issueJwt(PUBLIC_TOKEN_SECRET, { clientId: clientId(id) }, 3600, Date.now());
      const client = new SignalClient({ url: service.url, clientId: id, token });
      const inbox: Signal[] = [];
      client.on("signal", (signal) => inbox.push(signal));
      await client.connect();
      clients.set(id, client);
      received.set(id, inbox);
    }
  });
  afterAll(async () => {
    await Promise.all(Array.from(clients.values(), (client) => client.close()));
    await service?.stop();
  });

  async function admin(path: string, init: RequestInit = {}): Promise<Response> {
    const headers = { authorization: `Bearer ${ADMIN_TOKEN}` };
    return fetch(new URL(`/admin${path}`, service.url.replace(/^ws/, "http")), {
      headers,
      ...init,
    });
  }

  it("[SI11] delivers from everybody to everybody, each signal with its outcome, in order", async () => {
    const sent = IDS.flatMap((source) =>
      IDS.flatMap((target) =>
        [0, 1, 2, 3].map((n) => clients.get(source)?.send(target, "ice-candidate", { source, n })),
      ),
    );
    await Promise.all(sent);
    for (const target of IDS) {
      await vi.waitUntil(() => received.get(target)?.length === IDS.length * 4);
      for (const source of IDS) {
        const numbers = received.get(target)?.filter((signal) => signal.source === source);
        expect(numbers?.map(({ data }) => data)).toEqual([0, 1, 2, 3].map((n) => ({ source, n })));
      }
    }
  });

  it("[SI6] rejects a signal to a client that no hub knows", async () => {
    await expect(clients.get("alice")?.send("nobody", "offer", 1)).rejects.toMatchObject({
      code: "target-absent",
    });
  });

  it("lists the sessions of all hubs, each with its hub", async () => {
    const listed = await vi.waitUntil(async () => {
      const page = (await (await admin("/sessions")).json()) as {
        sessions: { client_id: string; hub: string }[];
      };
      return page.sessions.length === IDS.length && page.sessions;
    });
    expect(listed.map(({ client_id }) => client_id)).toEqual(IDS.toSorted());
    expect(new Set(listed.map(({ hub }) => hub)).size).toBeGreaterThan(1);
    const one = await (await admin("/sessions/bob")).json();
    expect(one).toMatchObject({ client_id: "bob", message_count: expect.any(Number) });
  });

  it("counts the sessions of all hubs, although no Ledger has all of them", async () => {
    const known = IDS.map((id) => {
      const hub = hubNameOf(clientId(id), hubs === "per-client" ? hubs : Number(hubs));
      return fnv1a(hub) % LEDGERS;
    });
    expect(new Set(known).size).toBe(LEDGERS);
    const connections = async () =>
      (await scrape(service)).get("signal_manager_sessions") === IDS.length;
    await vi.waitUntil(connections, { timeout: 10_000, interval: 100 });
  });

  it("[SE7] kicks a client, whichever hub it belongs to", async () => {
    const ended = new Promise((resolve) => clients.get("frank")?.on("error", resolve));
    expect((await admin("/sessions/frank", { method: "DELETE" })).status).toBe(204);
    expect(await ended).toMatchObject({ code: "kicked", closeCode: 4403 });
    expect((await admin("/sessions/frank")).status).toBe(404);
  });

  it("[UP8] refuses an upgrade that does not say who connects", async () => {
    const bare = new WebSocket(service.url);
    const event = await new Promise<Event>((resolve) => {
      bare.addEventListener("error", resolve);
      bare.addEventListener("open", resolve);
    });
    expect(event.type).toBe("error");
  });
});
