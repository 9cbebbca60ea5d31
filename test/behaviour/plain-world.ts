/** The hub on plain objects, with a clock that only a test turns. */
import { createAuthenticator, type Authenticate } from "../../src/auth/authenticator.ts";
import type { Grant } from "../../src/auth/grant.ts";
import { issueJwt } from "../../src/auth/jwt.ts";
import { Hub } from "../../src/hub/hub.ts";
import type { HubEvent, HubSettings, HubSocket, SessionRow } from "../../src/hub/ports.ts";
import type { Connection } from "../../src/hub/connection.ts";
import { CLOSE_CODES } from "../../src/protocol/close-codes.ts";
import { parseClientId, type ClientId } from "../../src/protocol/client-id.ts";
import { fromAttachment, toAttachment } from "../../src/worker/attachment.ts";
import { seen, type Seen } from "../support/frames.ts";
import { Inbox } from "../support/inbox.ts";
import * as limits from "./world.ts";
import type { Ended, Peer, TokenOptions, World } from "./world.ts";

const SECRET = "a secret of the plain world, 32 bytes or more";

const SETTINGS: HubSettings = {
  maxSessions: limits.MAX_SESSIONS,
  heartbeatIntervalMs: limits.HEARTBEAT_INTERVAL_MS,
  connectTimeoutMs: limits.CONNECT_TIMEOUT_MS,
  maxMessageBytes: limits.MAX_MESSAGE_BYTES,
  framesPerSecond: limits.FRAMES_PER_SECOND,
  frameBurst: limits.FRAME_BURST,
};

interface PlainWorldOptions {
  readonly evicts: boolean;
  readonly settings?: Partial<HubSettings>;
  /** Stands before the real authenticator. */
  readonly delay?: () => Promise<void>;
}

export class PlainWorld implements World {
  readonly ended: Ended[] = [];
  readonly #evicts: boolean;
  readonly #settings: HubSettings;
  readonly #authenticate: Authenticate;
  #hub: Hub;
  #nowMs = Date.UTC(2026, 10, 23);
  #alarmMs = Infinity;
  #sockets = new Map<string, PlainSocket>();
  #rows = new Map<string, SessionRow>();
  #opened = 0;
  #broken = false;

  constructor({ evicts, settings, delay = async () => {} }: PlainWorldOptions) {
    this.#evicts = evicts;
    this.#settings = { ...SETTINGS, ...settings };
    const authenticate = createAuthenticator({ apiKeys: [], tokenSecret: SECRET });
    this.#authenticate = async (...shown) => {
      await delay();
      return authenticate(...shown);
    };
    this.#hub = this.#wake();
  }

  async open(grant: Grant | null = null): Promise<PlainPeer> {
    this.#sleep();
    this.#opened += 1;
    const socket = new PlainSocket(
      this.#hub.greet(`session-${this.#opened}`, grant),
      () => this.#nowMs,
    );
    this.#sockets.set(socket.connection.id, socket);
    this.#settle();
    return new PlainPeer(
      socket,
      async (message) => {
        if (message === "ping") return socket.ping();
        this.#sleep();
        const pending = this.#hub.receive(socket, message);
        this.#settle();
        await pending;
        this.#settle();
      },
      async (code) => {
        this.#sleep();
        this.#sockets.delete(socket.connection.id);
        this.#hub.closed(socket, true);
        // The shell's part, which `test/worker` tries.
        socket.closeWith(code);
      },
    );
  }

  async openAs(
    clientId: string,
    { targets, expiresInSeconds = 3600 }: TokenOptions = {},
  ): Promise<PlainPeer> {
    const expiresAtMs = this.#nowMs + expiresInSeconds * 1000 + 30_000;
    return this.open({ clientId: asClientId(clientId), targets: targets ?? null, expiresAtMs });
  }

  token(
    clientId: string,
    { targets, expiresInSeconds = 3600 }: TokenOptions = {},
  ): Promise<string> {
    const claims = { clientId: asClientId(clientId), ...(targets && { targets }) };
    return issueJwt(SECRET, claims, expiresInSeconds, this.#nowMs);
  }

  async advance(ms: number): Promise<void> {
    this.#nowMs += ms;
    if (this.#alarmMs > this.#nowMs) return;
    this.#alarmMs = Infinity;
    this.#sleep();
    this.#hub.sweep();
    this.#settle();
  }

  async refusal(): Promise<number | null> {
    return this.#hub.hasRoom ? null : 503;
  }

  async kick(clientId: string): Promise<boolean> {
    this.#sleep();
    return this.#hub.kick(asClientId(clientId));
  }

  async reset(): Promise<void> {
    for (const socket of this.#sockets.values()) socket.break();
    this.#sockets.clear();
    this.#hub = this.#wake();
  }

  async breakStorage(): Promise<void> {
    this.#broken = true;
  }

  /** All that is not kept is forgotten. A CONNECT that is being verified keeps the real hub awake, and so this one. */
  #sleep(): void {
    const sockets = [...this.#sockets.values()];
    if (!this.#evicts || sockets.some(({ connection }) => connection.state === "authenticating"))
      return;
    for (const socket of sockets) socket.sleep();
    this.#hub = this.#wake();
  }

  #settle(): void {
    this.#alarmMs = Math.min(this.#alarmMs, this.#hub.takeWakeByMs() ?? Infinity);
  }

  #wake(): Hub {
    const sockets = this.#sockets;
    const rows = this.#rows;
    return new Hub(
      {
        sockets: {
          find: (id) => sockets.get(id),
          all: () => [...sockets.values()],
          get count() {
            return sockets.size;
          },
          isFull: false,
        },
        sessions: {
          find: (clientId) => rows.get(clientId),
          begin: (row) => {
            if (this.#broken) throw new Error("the disk is full");
            rows.set(row.clientId, row);
          },
          end: ({ clientId, sessionId }) => {
            if (rows.get(clientId)?.sessionId === sessionId) rows.delete(clientId);
          },
          all: () => rows.values(),
          get count() {
            return rows.size;
          },
        },
        authenticate: this.#authenticate,
        counts: { received: () => {}, routed: () => {} },
        observe: (event) => this.#observe(event),
        now: () => this.#nowMs,
      },
      this.#settings,
    );
  }

  #observe(event: HubEvent): void {
    if (event.event !== "session.ended") return;
    const { clientId, reason, messageCount } = event;
    this.ended.push({ clientId, reason, messageCount });
  }
}

class PlainSocket implements HubSocket {
  readonly inbox = new Inbox<Seen | string>();
  readonly closed: Promise<number>;
  connection: Connection;
  readonly #now: () => number;
  #lastPingMs: number | null = null;
  #isOpen = true;
  #onClosed: (code: number) => void = () => {};

  constructor(connection: Connection, now: () => number) {
    this.connection = connection;
    this.#now = now;
    this.closed = new Promise((resolve) => {
      this.#onClosed = resolve;
    });
  }

  /** Turned by a test: the peer has stopped reading. */
  isBacklogged = false;

  send(bytes: Uint8Array): boolean {
    if (this.isBacklogged) return false;
    if (this.#isOpen) this.inbox.put(seen(bytes.slice()));
    return this.#isOpen;
  }

  close(name: keyof typeof CLOSE_CODES): void {
    this.closeWith(CLOSE_CODES[name].code);
  }

  closeWith(code: number): void {
    this.#isOpen = false;
    this.#onClosed(code);
  }

  lastPingMs(): number | null {
    return this.#lastPingMs;
  }

  ping(): void {
    this.#lastPingMs = this.#now();
    this.inbox.put("pong");
  }

  break(): void {
    this.closeWith(1006);
  }

  sleep(): void {
    const kept = fromAttachment(structuredClone(toAttachment(this.connection)));
    if (kept === null) throw new Error("the attachment cannot be read");
    this.connection = kept;
  }
}

export class PlainPeer implements Peer {
  readonly #socket: PlainSocket;
  readonly closed: Promise<number>;
  readonly send: Peer["send"];
  readonly next: Peer["next"];
  readonly #gone: (code: number) => Promise<void>;

  constructor(socket: PlainSocket, send: Peer["send"], gone: (code: number) => Promise<void>) {
    this.#socket = socket;
    this.send = send;
    this.next = () => socket.inbox.next();
    this.closed = socket.closed;
    this.#gone = gone;
  }

  close(code = 1000): Promise<void> {
    return this.#gone(code);
  }

  /** More waits for it than the hub lets wait. */
  stopReading(): void {
    this.#socket.isBacklogged = true;
  }
}

function asClientId(text: string): ClientId {
  const clientId = parseClientId(text);
  if (clientId === null) throw new Error(`not a client id: ${text}`);
  return clientId;
}
