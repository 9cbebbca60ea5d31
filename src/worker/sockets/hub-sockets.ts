/** The hub's sockets on the platform's hibernatable WebSockets. The platform's traps are handled here and nowhere else. */
import type { Connection, SocketId } from "../../hub/connection.ts";
import type { HubSocket, HubSockets } from "../../hub/ports.ts";
import { CLOSE_CODES, type CloseName } from "../../protocol/close-codes.ts";
import { MAX_BACKLOG_BYTES } from "../../protocol/limits.ts";
import { framesWire } from "../../wires/frames.ts";
import type { WireMessage } from "../../wires/wire.ts";
import { fromAttachment, toAttachment } from "./attachment.ts";

/** The platform holds at most 32,768 sockets per Durable Object, and upgrades that are on their way need a place, too. */
const MAX_HELD_SOCKETS = 32_500;

/** All sockets of one hub. */
export class PlatformSockets implements HubSockets {
  readonly #ctx: DurableObjectState;
  readonly #maxHeld: number;
  readonly #known = new WeakMap<WebSocket, PlatformSocket>();
  /** The first of a chain. A list would grow and shrink with every message. */
  #changed: PlatformSocket | null = null;
  #count: number | undefined;
  /** An upper bound of the sockets that the platform holds; Infinity until they are counted after a wake. */
  #heldUpperBound = Infinity;
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

  /** Tests lower `maxHeld`. */
  constructor(ctx: DurableObjectState, maxHeld = MAX_HELD_SOCKETS) {
    this.#ctx = ctx;
    this.#maxHeld = maxHeld;
  }

  /** Makes the socket hibernatable. Call it last before the 101: if anything throws after it, the socket leaks. */
  accept(ws: WebSocket, connection: Connection): void {
    this.#count = this.count + 1;
    this.#heldUpperBound += 1;
    ws.serializeAttachment(toAttachment(connection));
    this.#ctx.acceptWebSocket(ws, [connection.socketId]);
  }

  of(ws: WebSocket): PlatformSocket {
    const known = this.#known.get(ws);
    if (known !== undefined) return known;
    const socket = new PlatformSocket(this.#ctx, ws, this.#events);
    this.#known.set(ws, socket);
    return socket;
  }

  /** A socket's id is its tag, which the platform finds by hash. */
  find(id: SocketId): HubSocket | undefined {
    const [ws] = this.#ctx.getWebSockets(id);
    return ws && this.of(ws);
  }

  all(): HubSocket[] {
    return this.#ctx.getWebSockets().map((ws) => this.of(ws));
  }

  /**
   * Counted once per wake, because the platform's list costs a millisecond for every few thousand sockets. A socket
   * that the hub has closed does not count, although it stays in that list until its peer answers the close.
   */
  get count(): number {
    this.#count ??= this.#ctx.getWebSockets().filter(isOpen).length;
    return this.#count;
  }

  /** Walks the platform's list only when it may have become too long: after as many upgrades as there was room for. */
  get isFull(): boolean {
    if (this.#heldUpperBound < this.#maxHeld) return false;
    this.#heldUpperBound = this.#ctx.getWebSockets().length;
    return this.#heldUpperBound >= this.#maxHeld;
  }

  /** Writes every connection that changed during this event into its attachment. */
  saveChanged(): void {
    let socket = this.#changed;
    this.#changed = null;
    while (socket !== null) socket = socket.save();
  }
}

interface SocketEvents {
  /** The socket's first change since its last save. Returns the socket that changed before it and is not saved yet. */
  changed(socket: PlatformSocket): PlatformSocket | null;
  /** The connection was closed, once. */
  ended(): void;
}

/** One socket, with its connection in the attachment. */
export class PlatformSocket implements HubSocket {
  readonly wire = framesWire;
  readonly #ctx: DurableObjectState;
  readonly #ws: WebSocket;
  readonly #events: SocketEvents;
  #isChanged = false;
  #changedBefore: PlatformSocket | null = null;
  /** An upper bound of the bytes that wait for the peer; Infinity until the platform is asked after a wake. */
  #unreadUpperBound = Infinity;
  /** The attachment is missing, or of a version that is not known here. */
  readonly hasForeignAttachment: boolean;
  #connection: Connection;

  constructor(ctx: DurableObjectState, ws: WebSocket, events: SocketEvents) {
    this.#ctx = ctx;
    this.#ws = ws;
    this.#events = events;
    const kept = fromAttachment(ws.deserializeAttachment());
    this.hasForeignAttachment = kept === null;
    this.#connection = kept ?? { state: "closed", socketId: "" };
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

  /** Returns the next socket to be saved. */
  save(): PlatformSocket | null {
    const next = this.#changedBefore;
    this.#isChanged = false;
    this.#changedBefore = null;
    this.#ws.serializeAttachment(toAttachment(this.#connection));
    return next;
  }

  /**
   * Does not read `readyState`, which would cost as much as writing the attachment. Only this hub and the platform's close event
   * end a socket, and both have closed the connection by then.
   */
  send(message: WireMessage): boolean {
    if (this.isBacklogged) return false;
    try {
      this.#ws.send(message);
    } catch {
      // "Can't call WebSocket send() after close()".
      return false;
    }
    this.#unreadUpperBound += message.length;
    return true;
  }

  /**
   * Asks the platform only after as many bytes were sent as may wait. A runtime without `bufferedAmount` says nothing,
   * and there no socket is ever backlogged.
   */
  get isBacklogged(): boolean {
    if (this.#unreadUpperBound <= MAX_BACKLOG_BYTES) return false;
    this.#unreadUpperBound = this.#ws.bufferedAmount ?? 0;
    return this.#unreadUpperBound > MAX_BACKLOG_BYTES;
  }

  close(name: CloseName): void {
    this.#close(CLOSE_CODES[name].code, name);
  }

  /** Answers the peer's close. Without the answer the peer waits ten seconds and sees 1006. */
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

/** 1005, 1006 and 1015 mean that there was no code, and sending one of them throws. */
function isSendable(code: number): boolean {
  return (
    (code >= 1000 && code <= 1003) ||
    (code >= 1007 && code <= 1014) ||
    (code >= 3000 && code <= 4999)
  );
}
