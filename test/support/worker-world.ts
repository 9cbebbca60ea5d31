/** The real Worker and its Durable Objects in workerd. Only the clock is turned by hand. */
import {
  evictDurableObject,
  reset,
  runDurableObjectAlarm,
  runInDurableObject,
} from "cloudflare:test";
import { env, exports } from "cloudflare:workers";
import { vi } from "vitest";
import { issueJwt } from "../../src/auth/jwt.ts";
import { PUBLIC_TOKEN_SECRET } from "../../src/config/cross-checks.ts";
import { hubNameOf, type Hubs } from "../../src/hub/placement.ts";
import { parseClientId, type ClientId } from "../../src/protocol/client-id.ts";
import { USUAL_CLIENT, WORLD_SETTINGS } from "../behaviour/world.ts";
import type { Ended, Peer, TokenOptions, World } from "../behaviour/world.ts";
import { seenAll, type Seen } from "./frames.ts";
import { Inbox } from "./inbox.ts";

/** An event as the log sink writes it: the envelope and the data. */
export type TakenEvent = { readonly id: string; readonly type: string } & Readonly<
  Record<string, unknown>
>;

// The types of bindings name no variables.
const WORLD_ENV: Readonly<Record<string, unknown>> = { ...env };

/** How many hubs there are: the projects of vitest.config.ts differ in this setting. */
export const HUBS: Hubs = hubCountOf(WORLD_ENV["SIGNAL_MANAGER_ROUTING_HUBS"]);

function hubCountOf(text: unknown): Hubs {
  if (text === undefined) return 1;
  return text === "per-client" ? text : Number(text);
}

export class WorkerWorld implements World {
  readonly ended: Ended[] = [];
  /** The events that the Ledger wrote to its log. */
  readonly events: TakenEvent[] = [];
  readonly #evicts: boolean;
  readonly #peers: WorkerPeer[] = [];
  /** The names of all hubs that a client of this world may have woken. */
  readonly #hubs = new Set([hubNameOf(asClientId(USUAL_CLIENT), HUBS)]);

  constructor(options: { readonly evicts: boolean }) {
    this.#evicts = options.evicts;
    // The clock starts at the real time, because the platform uses real time for alarms and auto-responses: so no alarm that
    // is set by this clock fires by itself while a test runs.
    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() });
    vi.spyOn(console, "info").mockImplementation((line: string) => this.#readLog(line));
  }

  /** Removes sockets, rows and alarms of all objects, so that the next world starts empty. */
  async dispose(): Promise<void> {
    await Promise.all(this.#peers.map((peer) => peer.abandon()));
    for (const stub of [...this.#hubStubs(), ledgerStub()]) {
      // An eviction waits for requests under way. A report, for example, would write to storage that was just deleted.
      await evictIfAwake(stub);
      // `reset` deletes only the storage of objects that are awake.
      await runInDurableObject(stub, () => {});
    }
    await reset();
    vi.useRealTimers();
    vi.restoreAllMocks();
  }

  open(clientId = USUAL_CLIENT): Promise<WorkerPeer> {
    return this.#open(clientId, {});
  }

  async openAs(clientId: string, options: TokenOptions = {}): Promise<WorkerPeer> {
    const authorization = `Bearer ${await this.token(clientId, options)}`;
    return this.#open(clientId, { authorization });
  }

  token(text: string, { targets, expiresInSeconds = 3600 }: TokenOptions = {}): Promise<string> {
    const claims = { clientId: asClientId(text), ...(targets && { targets }) };
    return issueJwt(PUBLIC_TOKEN_SECRET, claims, expiresInSeconds, Date.now());
  }

  async advance(ms: number): Promise<void> {
    this.pass(ms);
    await this.#sleep();
    for (const hub of this.#hubStubs()) await runDurableObjectAlarm(hub);
  }

  pass(ms: number): void {
    vi.setSystemTime(Date.now() + ms);
  }

  /** Fires the Ledger's alarm if one is set. */
  async wakeLedger(): Promise<void> {
    await runDurableObjectAlarm(ledgerStub());
  }

  async refusal(): Promise<number | null> {
    const response = await requestUpgrade({}, pathFor(USUAL_CLIENT));
    response.webSocket?.accept();
    response.webSocket?.close(1000);
    // A response body that nobody reads prevents the eviction of the hub.
    await response.body?.cancel();
    return response.status === 101 ? null : response.status;
  }

  async kick(clientId: string): Promise<boolean> {
    await this.#sleep();
    const response = await exports.default.fetch(
      new Request(`http://localhost/admin/sessions/${encodeURIComponent(clientId)}`, {
        method: "DELETE",
        headers: { authorization: `Bearer ${WORLD_SETTINGS.SIGNAL_MANAGER_ADMIN_TOKEN}` },
      }),
    );
    await response.body?.cancel();
    return response.status === 204;
  }

  async reset(): Promise<void> {
    for (const hub of this.#hubStubs()) {
      // A sleeping hub would keep its sockets.
      await runInDurableObject(hub, () => {});
      await evictDurableObject(hub, { webSockets: "close" });
    }
  }

  async breakStorage(): Promise<void> {
    // A hub that no client ever came to has no tables.
    await this.open();
    for (const hub of this.#hubStubs()) {
      await runInDurableObject(hub, (_hub, state) => {
        // A trigger survives an eviction, as a full disk would.
        state.storage.sql.exec(
          "CREATE TRIGGER broken BEFORE INSERT ON sessions BEGIN SELECT RAISE(FAIL, 'disk full'); END",
        );
      });
    }
  }

  async #open(clientId: string, headers: Record<string, string>): Promise<WorkerPeer> {
    this.#hubs.add(hubNameOf(asClientId(clientId), HUBS));
    await this.#sleep();
    const response = await requestUpgrade(headers, pathFor(clientId));
    if (response.webSocket === null) {
      throw new Error(`HTTP ${response.status}: ${await response.text()}`);
    }
    const peer = new WorkerPeer(response.webSocket, () => this.#sleep());
    this.#peers.push(peer);
    return peer;
  }

  async #sleep(): Promise<void> {
    if (!this.#evicts) return;
    for (const hub of this.#hubStubs()) await evictIfAwake(hub);
  }

  #hubStubs() {
    return Array.from(this.#hubs, (name) => env.HUB.getByName(name));
  }

  #readLog(line: string): void {
    const fields = JSON.parse(line);
    const { event, client_id, reason, message_count } = fields;
    if (event === "event.emitted") this.events.push(fields);
    if (event !== "session.ended") return;
    this.ended.push({ clientId: client_id, reason, messageCount: message_count });
  }
}

class WorkerPeer implements Peer {
  readonly closed: Promise<number>;
  readonly #ws: WebSocket;
  readonly #inbox = new Inbox<Seen | string>();
  #messages = 0;
  readonly #sleep: () => Promise<void>;

  constructor(ws: WebSocket, sleep: () => Promise<void>) {
    this.#ws = ws;
    this.#sleep = sleep;
    ws.binaryType = "arraybuffer";
    ws.addEventListener("message", ({ data }) => {
      // `binaryType` is arraybuffer: a message is that or a string.
      this.#messages += 1;
      const all = typeof data === "string" ? [data] : seenAll(new Uint8Array(data as ArrayBuffer));
      for (const each of all) this.#inbox.put(each);
    });
    this.closed = new Promise((resolve) => {
      ws.addEventListener("close", ({ code }) => resolve(code));
    });
    ws.accept();
  }

  async send(message: Uint8Array | string): Promise<void> {
    await this.#sleep();
    this.#ws.send(message);
  }

  next(): Promise<Seen | string> {
    return this.#inbox.next();
  }

  messages(): number {
    return this.#messages;
  }

  async close(code?: number): Promise<void> {
    await this.#sleep();
    this.#ws.close(code);
    await this.closed;
  }

  /** When this resolves, the hub has handled the close: no close event can wake it during the next test. */
  async abandon(): Promise<void> {
    if (this.#ws.readyState === WebSocket.OPEN) this.#ws.close(1000);
    await this.closed;
  }
}

/** If there are several hubs, the upgrade names the client. */
function pathFor(clientId: string): string {
  return HUBS === 1 ? "/" : `/?client_id=${encodeURIComponent(clientId)}`;
}

function asClientId(text: string): ClientId {
  const clientId = parseClientId(text);
  if (clientId === null) throw new Error(`not a client id: ${text}`);
  return clientId;
}

async function evictIfAwake(stub: DurableObjectStub): Promise<void> {
  try {
    await evictDurableObject(stub);
  } catch (error) {
    // The object sleeps already, or was never awake.
    if (!String(error).includes("not currently running")) throw error;
  }
}

function ledgerStub() {
  return env.LEDGER.getByName("ledger-0");
}

/** Sends an upgrade request to the Worker and returns its response. */
export function requestUpgrade(headers: Record<string, string>, path = "/"): Promise<Response> {
  const request = new Request(`http://localhost${path}`, {
    headers: { upgrade: "websocket", ...headers },
  });
  return exports.default.fetch(request);
}
