/** The hubs on the test kernel: plain objects, and time that goes by only when a test says so. */
import { createAuthenticator, type Authenticate } from "../../src/auth/authenticator.ts";
import type { Grant } from "../../src/auth/grant.ts";
import { issueJwt } from "../../src/auth/jwt.ts";
import { hubNameOf, type Hubs } from "../../src/hub/placement.ts";
import type { HubEvent, HubSettings } from "../../src/hub/ports.ts";
import type { ClientId } from "../../src/protocol/client-id.ts";
import { Kernel, type KernelOptions } from "../kernel/kernel.ts";
import { clientId } from "../support/client-ids.ts";
import { PlainHub, type PlainService } from "./plain-hub.ts";
import type { PlainPeer } from "./plain-socket.ts";
import * as limits from "./world.ts";
import type { Ended, TokenOptions, World } from "./world.ts";

export type { PlainPeer } from "./plain-socket.ts";

const SECRET = "a secret of the plain world, 32 bytes or more";

const SETTINGS: HubSettings = {
  maxSessions: limits.MAX_SESSIONS,
  heartbeatIntervalMs: limits.HEARTBEAT_INTERVAL_MS,
  minSilenceMs: limits.MIN_SILENCE_MS,
  connectTimeoutMs: limits.CONNECT_TIMEOUT_MS,
  maxMessageBytes: limits.MAX_MESSAGE_BYTES,
  framesPerSecond: limits.FRAMES_PER_SECOND,
  frameBurst: limits.FRAME_BURST,
  maxBatchBytes: limits.MAX_BATCH_BYTES,
};

interface PlainWorldOptions {
  /** Whether every hub is evicted before every event. */
  readonly evicts: boolean;
  /** Default 1. */
  readonly hubs?: Hubs;
  readonly settings?: Partial<HubSettings>;
  /** Runs before each verification of credentials. */
  readonly delay?: () => Promise<void>;
  /** Default: the real verification, whose cryptography takes real time. */
  readonly authenticate?: Authenticate;
  /** Default: nothing takes time and nothing fails. */
  readonly kernel?: KernelOptions;
}

export class PlainWorld implements World {
  readonly ended: Ended[] = [];
  /** Every event that the hubs emitted, in order. */
  readonly events: HubEvent[] = [];
  /** What the hubs report as their own fault (ER4). */
  readonly failures: unknown[] = [];
  readonly kernel: Kernel;
  readonly #service: PlainService;
  readonly #hubs = new Map<string, PlainHub>();
  #isStorageBroken = false;

  constructor(options: PlainWorldOptions) {
    const { evicts, hubs = 1, settings, delay = async () => {} } = options;
    const authenticate =
      options.authenticate ?? createAuthenticator({ apiKeys: [], tokenSecret: SECRET });
    this.kernel = new Kernel(options.kernel ?? { seed: 1 });
    this.#service = {
      kernel: this.kernel,
      evicts,
      hubs,
      settings: { ...SETTINGS, ...settings },
      authenticate: async (...shown) => {
        await delay();
        return authenticate(...shown);
      },
      observe: (event) => this.#observe(event),
      hubStub: (name) => this.#hubStub(name),
    };
  }

  async open(text = limits.USUAL_CLIENT): Promise<PlainPeer> {
    const id = clientId(text);
    return this.#hubOf(id).open(null, this.#service.hubs === 1 ? null : id);
  }

  async openAs(
    text: string,
    { targets, expiresInSeconds = 3600 }: TokenOptions = {},
  ): Promise<PlainPeer> {
    const expiresAtMs = this.#nowMs + expiresInSeconds * 1000 + 30_000;
    const id = clientId(text);
    const grant: Grant = { clientId: id, targets: targets ?? null, expiresAtMs };
    return this.#hubOf(id).open(grant, id);
  }

  token(text: string, { targets, expiresInSeconds = 3600 }: TokenOptions = {}): Promise<string> {
    const claims = { clientId: clientId(text), ...(targets && { targets }) };
    return issueJwt(SECRET, claims, expiresInSeconds, this.#nowMs);
  }

  advance(ms: number): Promise<void> {
    return this.kernel.clock.jump(ms);
  }

  pass(ms: number): void {
    this.kernel.clock.pass(ms);
  }

  /** How often an alarm has fired. */
  get alarms(): number {
    return [...this.#hubs.values()].reduce((sum, { alarms }) => sum + alarms, 0);
  }

  async refusal(): Promise<number | null> {
    return this.#hubOf(clientId(limits.USUAL_CLIENT)).hasRoom ? null : 503;
  }

  async kick(text: string): Promise<boolean> {
    const id = clientId(text);
    return this.#hubOf(id).kick(id);
  }

  async reset(): Promise<void> {
    for (const hub of this.#hubs.values()) hub.reset();
  }

  /** The hub that is home to the client. */
  hubOf(text: string): PlainHub {
    return this.#hubOf(clientId(text));
  }

  /** From now on other hubs cannot reach the client's hub. */
  cutOff(text: string): void {
    this.kernel.network.cutOff(hubNameOf(clientId(text), this.#service.hubs));
  }

  async breakStorage(): Promise<void> {
    this.#isStorageBroken = true;
    for (const hub of this.#hubs.values()) hub.breakStorage();
  }

  get #nowMs(): number {
    return this.kernel.clock.now();
  }

  #hubOf(id: ClientId): PlainHub {
    return this.#hubStub(hubNameOf(id, this.#service.hubs));
  }

  #hubStub(name: string): PlainHub {
    const known = this.#hubs.get(name);
    if (known !== undefined) return known;
    const hub = new PlainHub(name, this.#service);
    if (this.#isStorageBroken) hub.breakStorage();
    this.#hubs.set(name, hub);
    return hub;
  }

  #observe(event: HubEvent): void {
    this.events.push(event);
    if (event.event === "hub.failed") this.failures.push(event.error);
    if (event.event !== "session.ended") return;
    const { clientId: id, reason, frameCount } = event;
    this.ended.push({ clientId: id, reason, messageCount: frameCount });
  }
}
