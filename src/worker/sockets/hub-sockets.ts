/** The hub's sockets on the platform's hibernatable WebSockets. The platform's traps are handled here and nowhere else. */
import type { Connection, SessionId } from "../../hub/connection.ts";
import type { HubSocket, HubSockets } from "../../hub/ports.ts";
import { CLOSE_CODES, type CloseName } from "../../protocol/close-codes.ts";
import { MAX_BACKLOG_BYTES } from "../../protocol/limits.ts";
import { fromAttachment, toAttachment } from "./attachment.ts";

/** The platform's list at its longest: it holds 32,768 a Durable Object, and upgrades that are on their way need a place. */
const MAX_HELD_SOCKETS = 32_500;

export class PlatformSockets implements HubSockets {
  readonly #ctx: DurableObjectState;
  readonly #maxHeld: number;
  readonly #known = new WeakMap<WebSocket, PlatformSocket>();
  /** The first of a chain: a list would be grown and cut for every message. */
  #changed: PlatformSocket | null = null;
  #count: number | undefined;
  /** The platform's list is no longer than this; Infinity: not looked at since the wake. */
  #heldAtMost = Infinity;
  readonly #events: SocketEvents = {
    changed: (socket) => {
      const before = this.#changed;
      this.#changed = socket;
      return before;
    },
    ended: () => {
      if (this.#count !== undefined) this.#count -= 1;
    },
  };

  /** `maxHeld` is a test's to lower. */
  constructor(ctx: DurableObjectState, maxHeld = MAX_HELD_SOCKETS) {
    this.#ctx = ctx;
    this.#maxHeld = maxHeld;
  }

  /** Takes the socket into hibernation's care. Last of all before the 101: whatever throws after it leaks the socket. */
  accept(ws: WebSocket, connection: Connection): void {
    this.#count = this.count + 1;
    this.#heldAtMost += 1;
    ws.serializeAttachment(toAttachment(connection));
    this.#ctx.acceptWebSocket(ws, [connection.id]);
  }

  of(ws: WebSocket): PlatformSocket {
    const known = this.#known.get(ws);
    if (known !== undefined) return known;
    const socket = new PlatformSocket(this.#ctx, ws, this.#events);
    this.#known.set(ws, socket);
    return socket;
  }

  /** The socket's tag is its id: a hash look-up for the platform. */
  find(id: SessionId): HubSocket | undefined {
    const [ws] = this.#ctx.getWebSockets(id);
    return ws && this.of(ws);
  }

  all(): HubSocket[] {
    return this.#ctx.getWebSockets().map((ws) => this.of(ws));
  }

  /**
   * Counted once a wake, then kept: the platform's list costs a millisecond for every few thousand sockets. A socket
   * that the hub has closed does not count, though a peer that never answers the close keeps it in that list.
   */
  get count(): number {
    this.#count ??= this.#ctx.getWebSockets().filter(isOpen).length;
    return this.#count;
  }

  /** The list is only walked where it may have become too long: after as many upgrades as there was room for. */
  get isFull(): boolean {
    if (this.#heldAtMost < this.#maxHeld) return false;
    this.#heldAtMost = this.#ctx.getWebSockets().length;
    return this.#heldAtMost >= this.#maxHeld;
  }

  /** Writes every connection that this event changed into its attachment. */
  flush(): void {
    let socket = this.#changed;
    this.#changed = null;
    while (socket !== null) socket = socket.save();
  }
}

interface SocketEvents {
  /** The first change since the last save. Returns the socket that changed before it, if any is not saved. */
  changed(socket: PlatformSocket): PlatformSocket | null;
  /** The connection was closed, once. */
  ended(): void;
}

export class PlatformSocket implements HubSocket {
  readonly #ctx: DurableObjectState;
  readonly #ws: WebSocket;
  readonly #events: SocketEvents;
  #isChanged = false;
  #changedBefore: PlatformSocket | null = null;
  /** No more bytes than this wait for the peer; Infinity: not asked since the wake. */
  #waitingAtMost = Infinity;
  /** Accepted by another version of this code. */
  readonly hasForeignAttachment: boolean;
  #connection: Connection;

  constructor(ctx: DurableObjectState, ws: WebSocket, events: SocketEvents) {
    this.#ctx = ctx;
    this.#ws = ws;
    this.#events = events;
    const kept = fromAttachment(ws.deserializeAttachment());
    this.hasForeignAttachment = kept === null;
    this.#connection = kept ?? { state: "closed", id: "" };
  }

  get connection(): Connection {
    return this.#connection;
  }

  set connection(connection: Connection) {
    if (connection.state === "closed" && this.#connection.state !== "closed") this.#events.ended();
    this.#connection = connection;
    if (this.#isChanged) return;
    this.#isChanged = true;
    this.#changedBefore = this.#events.changed(this);
  }

  /** Returns the next that is to be saved. */
  save(): PlatformSocket | null {
    const next = this.#changedBefore;
    this.#isChanged = false;
    this.#changedBefore = null;
    this.#ws.serializeAttachment(toAttachment(this.#connection));
    return next;
  }

  /**
   * The state is not asked, which would cost as much as the attachment: only this hub and the platform's close event end
   * a socket, and both have closed the connection by then.
   */
  send(bytes: Uint8Array): boolean {
    if (this.isBacklogged) return false;
    try {
      this.#ws.send(bytes);
    } catch {
      // "Can't call WebSocket send() after close()".
      return false;
    }
    this.#waitingAtMost += bytes.length;
    return true;
  }

  /**
   * The platform is asked where as much was sent since it was last asked as may wait. Not every runtime tells: where it
   * does not, nothing is ever said to be waiting.
   */
  get isBacklogged(): boolean {
    if (this.#waitingAtMost <= MAX_BACKLOG_BYTES) return false;
    this.#waitingAtMost = this.#ws.bufferedAmount ?? 0;
    return this.#waitingAtMost > MAX_BACKLOG_BYTES;
  }

  close(name: CloseName): void {
    this.#close(CLOSE_CODES[name].code, name);
  }

  /** Answers the peer's close: without it the peer waits ten seconds for a 1006. */
  echoClose(code: number): void {
    this.#close(isSendable(code) ? code : CLOSE_CODES.normal.code, "");
  }

  lastPingMs(): number | null {
    return this.#ctx.getWebSocketAutoResponseTimestamp(this.#ws)?.getTime() ?? null;
  }

  #close(code: number, reason: string): void {
    try {
      this.#ws.close(code, reason);
    } catch {
      // Already closed from this side: there is nothing left to close.
    }
  }
}

function isOpen(ws: WebSocket): boolean {
  return ws.readyState === WebSocket.OPEN;
}

/** 1005, 1006 and 1015 say that there was no code; sending one throws. */
function isSendable(code: number): boolean {
  return (
    (code >= 1000 && code <= 1003) ||
    (code >= 1007 && code <= 1014) ||
    (code >= 3000 && code <= 4999)
  );
}
