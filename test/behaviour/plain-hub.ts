/** The hub's rules in an object of the kernel: `ports.ts` on plain objects. */
import type { Authenticate } from "../../src/auth/authenticator.ts";
import type { Grant } from "../../src/auth/grant.ts";
import { Hub } from "../../src/hub/hub.ts";
import { decodeOutcomes, type ForwardedSignal } from "../../src/hub/contract.ts";
import type { Hubs } from "../../src/hub/placement.ts";
import type {
  HubEvent,
  HubSettings,
  RemoteHubs,
  SessionRow,
  SessionStore,
} from "../../src/hub/ports.ts";
import type { ClientId } from "../../src/protocol/client-id.ts";
import type { Connection } from "../kernel/connection.ts";
import type { Callee } from "../kernel/calls.ts";
import { ObjectReset, type DurableObject } from "../kernel/durable-object.ts";
import type { Kernel } from "../kernel/kernel.ts";
import { PlainPeer, PlainSocket } from "./plain-socket.ts";

/** What all hubs of a world share. */
export interface PlainService {
  readonly kernel: Kernel;
  /** Whether every hub is evicted before every event. */
  readonly evicts: boolean;
  readonly hubs: Hubs;
  readonly settings: HubSettings;
  readonly authenticate: Authenticate;
  readonly observe: (event: HubEvent) => void;
  readonly hubStub: (name: string) => PlainHub;
}

export class PlainHub implements Callee {
  /** How often an alarm has fired. */
  alarms = 0;
  readonly object: DurableObject<Hub>;
  readonly #service: PlainService;
  readonly #sockets = new Map<string, PlainSocket>();

  constructor(name: string, service: PlainService) {
    this.#service = service;
    this.object = service.kernel.object(name, () => this.#wake());
  }

  /** Whether the hub would accept another socket. */
  get hasRoom(): boolean {
    const upgrade = { grant: null, expectedClientId: null };
    return this.object.memory.open(this.#service.kernel.random.uuid(), upgrade) !== null;
  }

  /** Accepts a socket, with what its upgrade said. @throws if the hub has no room. */
  open(grant: Grant | null, expectedClientId: ClientId | null): PlainPeer {
    this.#sleepIfEvicted();
    const { kernel } = this.#service;
    const connection = kernel.network.connect(this.object.name);
    const socketId = kernel.random.uuid();
    const state = this.object.memory.open(socketId, { grant, expectedClientId });
    if (state === null) throw new Error("the hub has no room");
    const socket = new PlainSocket(state, connection.server, kernel.clock);
    this.#accept(socket, connection);
    this.#armAlarm();
    return new PlainPeer(connection, socket, kernel.clock);
  }

  kick(clientId: ClientId): boolean {
    this.#sleepIfEvicted();
    return this.object.memory.kick(clientId);
  }

  deliver(signals: readonly ForwardedSignal[]) {
    this.#sleepIfEvicted();
    return this.object.memory.deliver(signals);
  }

  /** Drops the hub's memory, unless an event is under way. */
  evict(): void {
    if (!this.object.evict()) return;
    for (const socket of this.#sockets.values()) socket.sleep();
  }

  reset(): void {
    this.#sockets.clear();
    this.object.reset();
  }

  during<Answer>(answer: Promise<Answer>): Promise<Answer> {
    return this.object.during(answer);
  }

  /** Its disk is full: no session can begin. */
  breakStorage(): void {
    this.object.storage.fillUp();
  }

  #accept(socket: PlainSocket, { server }: Connection): void {
    const { socketId } = socket.connection;
    this.#sockets.set(socketId, socket);
    this.object.sockets.add(server);
    server.attach({
      receive: (message) => {
        if (message === "ping") return socket.ping();
        this.#sleepIfEvicted();
        const pending = this.object.memory.receive(socket, message);
        this.#armAlarm();
        return pending && this.#handled(pending);
      },
      closed: (code, clean) => {
        this.#sleepIfEvicted();
        this.#sockets.delete(socketId);
        this.object.sockets.delete(server);
        this.object.memory.closed(socket, clean);
        // This is the shell's part, which `test/worker` tests.
        server.close(code);
        this.#armAlarm();
      },
    });
  }

  async #handled(pending: Promise<void>): Promise<void> {
    try {
      await this.object.during(pending);
    } catch (error) {
      if (!(error instanceof ObjectReset)) throw error;
    }
    this.#armAlarm();
  }

  #sleepIfEvicted(): void {
    if (this.#service.evicts) this.evict();
  }

  #armAlarm(): void {
    const wakeAtMs = this.object.memory.sweepAtMs ?? Infinity;
    if (wakeAtMs >= this.object.alarmMs) return;
    this.object.setAlarm(wakeAtMs, () => {
      this.alarms += 1;
      this.#sleepIfEvicted();
      this.object.memory.tick();
      this.#armAlarm();
    });
  }

  /** A life of the hub begins, after an eviction or a reset. */
  #wake(): Hub {
    const { hubs, settings, authenticate, observe, kernel } = this.#service;
    const { object } = this;
    const sockets = this.#sockets;
    return new Hub(
      {
        sockets: {
          find: (id) => sockets.get(id),
          all: () => [...sockets.values()],
          get count() {
            return [...sockets.values()].filter(isOpen).length;
          },
          isFull: false,
        },
        sessions: this.#sessionStore(),
        authenticate: (...shown) => object.inThisLife(authenticate(...shown)),
        remoteHubs: this.#remoteHubs(),
        stats: { received: () => {}, delivered: () => {} },
        observe,
        now: () => kernel.clock.now(),
        newSessionId: () => kernel.random.uuid(),
      },
      settings,
      { hubName: object.name, hubs },
    );
  }

  #sessionStore(): SessionStore {
    const { storage } = this.object;
    const rows = storage.table<ClientId, SessionRow>("sessions");
    return {
      find: (clientId) => rows.find(clientId),
      begin: (row) => storage.transaction(() => rows.put(row.clientId, row)),
      end: (clientId, sessionId) =>
        storage.transaction(() => {
          if (rows.find(clientId)?.sessionId !== sessionId) return false;
          rows.delete(clientId);
          return true;
        }),
      all: () => rows.all(),
      get count() {
        return rows.count;
      },
    };
  }

  #remoteHubs(): RemoteHubs {
    const { hubStub, kernel } = this.#service;
    const { name } = this.object;
    return {
      deliver: (hub, signals) => {
        const stub = hubStub(hub);
        const sent = overTheWire(signals);
        const outcomes = kernel.network.call(name, hub, stub, () => stub.deliver(sent));
        return this.object.inThisLife(outcomes.catch(() => decodeOutcomes([], signals.length)));
      },
    };
  }
}

/** A call ships copies. @throws if a frame is a view: its whole buffer would be shipped. */
function overTheWire(signals: readonly ForwardedSignal[]): readonly ForwardedSignal[] {
  for (const { frame } of signals) {
    if (frame.byteLength !== frame.buffer.byteLength) throw new Error("a frame is a view");
  }
  return structuredClone(signals);
}

/** A socket that the hub has closed no longer counts, although it stays until its peer answers the close. */
function isOpen({ connection }: PlainSocket): boolean {
  return connection.state !== "closed";
}
