/** The hubs on plain objects, with a clock that only a test turns. */
import { createAuthenticator } from "../../src/auth/authenticator.ts";
import type { Grant } from "../../src/auth/grant.ts";
import { issueJwt } from "../../src/auth/jwt.ts";
import { hubNameOf, type Hubs } from "../../src/hub/placement.ts";
import type { HubEvent, HubSettings } from "../../src/hub/ports.ts";
import { parseClientId, type ClientId } from "../../src/protocol/client-id.ts";
import { PlainHub, type PlainService } from "./plain-hub.ts";
import type { PlainPeer } from "./plain-socket.ts";
import * as limits from "./world.ts";
import type { Ended, TokenOptions, World } from "./world.ts";

export type { PlainPeer } from "./plain-socket.ts";

const SECRET = "a secret of the plain world, 32 bytes or more";

const SETTINGS: HubSettings = {
  maxSessions: limits.MAX_SESSIONS,
  heartbeatIntervalMs: limits.HEARTBEAT_INTERVAL_MS,
  connectTimeoutMs: limits.CONNECT_TIMEOUT_MS,
  maxMessageBytes: limits.MAX_MESSAGE_BYTES,
  framesPerSecond: limits.FRAMES_PER_SECOND,
  frameBurst: limits.FRAME_BURST,
  maxBatchBytes: limits.MAX_BATCH_BYTES,
};

interface PlainWorldOptions {
  readonly evicts: boolean;
  /** Default 1. */
  readonly hubs?: Hubs;
  readonly settings?: Partial<HubSettings>;
  /** Stands before the real authenticator. */
  readonly delay?: () => Promise<void>;
}

export class PlainWorld implements World {
  readonly ended: Ended[] = [];
  /** What the hubs say is their own fault (ER4). */
  readonly failures: unknown[] = [];
  readonly #service: PlainService;
  readonly #hubs = new Map<string, PlainHub>();
  #nowMs = Date.UTC(2026, 10, 23);
  readonly #cutOff = new Set<string>();
  #opened = 0;
  #broken = false;

  constructor({ evicts, hubs = 1, settings, delay = async () => {} }: PlainWorldOptions) {
    const authenticate = createAuthenticator({ apiKeys: [], tokenSecret: SECRET });
    this.#service = {
      evicts,
      hubs,
      settings: { ...SETTINGS, ...settings },
      authenticate: async (...shown) => {
        await delay();
        return authenticate(...shown);
      },
      now: () => this.#nowMs,
      observe: (event) => this.#observe(event),
      isBroken: () => this.#broken,
      isCutOff: (name) => this.#cutOff.has(name),
      newId: () => {
        this.#opened += 1;
        return `session-${this.#opened}`;
      },
      hubStub: (name) => this.#hubStub(name),
    };
  }

  async open(clientId = limits.USUAL_CLIENT): Promise<PlainPeer> {
    const id = asClientId(clientId);
    return this.#hubOf(id).open(null, this.#service.hubs === 1 ? null : id);
  }

  async openAs(
    clientId: string,
    { targets, expiresInSeconds = 3600 }: TokenOptions = {},
  ): Promise<PlainPeer> {
    const expiresAtMs = this.#nowMs + expiresInSeconds * 1000 + 30_000;
    const id = asClientId(clientId);
    const grant: Grant = { clientId: id, targets: targets ?? null, expiresAtMs };
    return this.#hubOf(id).open(grant, id);
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
    for (const hub of this.#hubs.values()) hub.alarm();
  }

  pass(ms: number): void {
    this.#nowMs += ms;
  }

  /** How often an alarm has gone off. */
  get alarms(): number {
    return [...this.#hubs.values()].reduce((sum, { alarms }) => sum + alarms, 0);
  }

  async refusal(): Promise<number | null> {
    return this.#hubOf(asClientId(limits.USUAL_CLIENT)).hasRoom ? null : 503;
  }

  async kick(clientId: string): Promise<boolean> {
    const id = asClientId(clientId);
    return this.#hubOf(id).kick(id);
  }

  async reset(): Promise<void> {
    for (const hub of this.#hubs.values()) hub.reset();
  }

  /** Other hubs cannot reach the client's hub any more. */
  cutOff(clientId: string): void {
    this.#cutOff.add(hubNameOf(asClientId(clientId), this.#service.hubs));
  }

  async breakStorage(): Promise<void> {
    this.#broken = true;
  }

  #hubOf(clientId: ClientId): PlainHub {
    return this.#hubStub(hubNameOf(clientId, this.#service.hubs));
  }

  #hubStub(name: string): PlainHub {
    const known = this.#hubs.get(name);
    if (known !== undefined) return known;
    const hub = new PlainHub(name, this.#service);
    this.#hubs.set(name, hub);
    return hub;
  }

  #observe(event: HubEvent): void {
    if (event.event === "hub.failed") this.failures.push(event.error);
    if (event.event !== "session.ended") return;
    const { clientId, reason, messageCount } = event;
    this.ended.push({ clientId, reason, messageCount });
  }
}

function asClientId(text: string): ClientId {
  const clientId = parseClientId(text);
  if (clientId === null) throw new Error(`not a client id: ${text}`);
  return clientId;
}
