/** One hub on plain objects: what it keeps survives an eviction, what it remembers does not. */
import { expect } from "vitest";
import type { Authenticate } from "../../src/auth/authenticator.ts";
import type { Grant } from "../../src/auth/grant.ts";
import { Hub } from "../../src/hub/hub.ts";
import { hubNameOf, type Hubs } from "../../src/hub/placement.ts";
import type { HubEvent, HubSettings, ForwardedSignal, SessionRow } from "../../src/hub/ports.ts";
import type { ClientId } from "../../src/protocol/client-id.ts";
import { PlainPeer, PlainSocket } from "./plain-socket.ts";

/** What all hubs of a world share. */
export interface PlainService {
  readonly evicts: boolean;
  readonly hubs: Hubs;
  readonly settings: HubSettings;
  readonly authenticate: Authenticate;
  readonly now: () => number;
  readonly observe: (event: HubEvent) => void;
  readonly isBroken: () => boolean;
  /** Whether other hubs cannot reach the hub of this name. */
  readonly isCutOff: (name: string) => boolean;
  readonly newId: () => string;
  readonly hubStub: (name: string) => PlainHub;
}

export class PlainHub {
  readonly #service: PlainService;
  readonly #name: string;
  #hub: Hub;
  #alarmMs = Infinity;
  alarms = 0;
  /** Events that are not over: they keep the real object awake. */
  #underWay = 0;
  readonly #sockets = new Map<string, PlainSocket>();
  readonly #rows = new Map<string, SessionRow>();

  constructor(name: string, service: PlainService) {
    this.#name = name;
    this.#service = service;
    this.#hub = this.#wake();
  }

  get hasRoom(): boolean {
    return this.#hub.hasRoom;
  }

  open(grant: Grant | null, expected: ClientId | null): PlainPeer {
    this.#sleep();
    const { newId, now } = this.#service;
    const socket = new PlainSocket(this.#hub.greet(newId(), grant, expected), now);
    this.#sockets.set(socket.connection.id, socket);
    this.#settle();
    return new PlainPeer(
      socket,
      async (message) => {
        if (message === "ping") return socket.ping();
        this.#sleep();
        const pending = this.#hub.receive(socket, message);
        this.#settle();
        await this.#during(pending);
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

  kick(clientId: ClientId): boolean {
    this.#sleep();
    return this.#hub.kick(clientId);
  }

  deliver(signals: readonly ForwardedSignal[]) {
    // What is a view would take all of its buffer along, of whichever frame it was.
    for (const { frame } of signals) expect(frame.byteLength).toBe(frame.buffer.byteLength);
    this.#sleep();
    return this.#hub.deliver(structuredClone(signals));
  }

  /** Lets the alarm go off if one is due. */
  alarm(): void {
    if (this.#alarmMs > this.#service.now()) return;
    this.#alarmMs = Infinity;
    this.alarms += 1;
    this.#sleep();
    this.#hub.sweep();
    this.#settle();
  }

  reset(): void {
    for (const socket of this.#sockets.values()) socket.break();
    this.#sockets.clear();
    this.#hub = this.#wake();
  }

  async #during(pending: Promise<void> | undefined): Promise<void> {
    this.#underWay += 1;
    await pending;
    this.#underWay -= 1;
  }

  /** All that is not kept is forgotten. */
  #sleep(): void {
    if (!this.#service.evicts || this.#underWay > 0) return;
    for (const socket of this.#sockets.values()) socket.sleep();
    this.#hub = this.#wake();
  }

  #settle(): void {
    this.#alarmMs = Math.min(this.#alarmMs, this.#hub.takeWakeByMs() ?? Infinity);
  }

  #wake(): Hub {
    const sockets = this.#sockets;
    const rows = this.#rows;
    const { hubs, settings, authenticate, now, observe, isBroken, isCutOff, hubStub } =
      this.#service;
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
            if (isBroken()) throw new Error("the disk is full");
            rows.set(row.clientId, row);
          },
          end: (clientId, sessionId) =>
            rows.get(clientId)?.sessionId === sessionId && rows.delete(clientId),
          all: () => rows.values(),
          get count() {
            return rows.size;
          },
        },
        authenticate,
        remoteHubs: {
          hubOf: (clientId) => {
            const name = hubNameOf(clientId, hubs);
            return name === this.#name ? null : name;
          },
          deliver: async (hub, signals) =>
            isCutOff(hub) ? signals.map(() => "signal.unreachable") : hubStub(hub).deliver(signals),
        },
        counts: { received: () => {}, routed: () => {} },
        observe,
        now,
      },
      settings,
    );
  }
}
