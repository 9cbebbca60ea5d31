/** The ports on a real platform: its WebSocket, HTTP, timers, randomness and network events. The client's only impure file. */
import type {
  Cancel,
  Clock,
  HttpAnswer,
  Ports,
  Return,
  Socket,
  SocketEvents,
  WebSocketConstructor,
} from "./ports.ts";

/** Timers count milliseconds in 31 bits and fire at once beyond this. */
const MAX_DELAY_MS = 2 ** 31 - 1;

/** WHATWG WebSocket: readyState OPEN. */
const OPEN = 1;

/** What some platforms lack. */
const PLATFORM = globalThis as {
  readonly crypto?: { getRandomValues?(bytes: Uint8Array): Uint8Array };
  readonly performance?: { now(): number };
};

/** `WebSocket` replaces the platform's own, which is looked up when a socket opens. */
export function platformPorts(WebSocket?: WebSocketConstructor): Ports {
  return {
    openSocket: (url, protocols, events) => openSocket(WebSocket, url, protocols, events),
    clock,
    random: () => Math.random(),
    uuid,
    onReturn,
    httpGet,
  };
}

/**
 * Not `crypto.randomUUID`, which pages on plain http do not have. Some platforms have no `crypto` at all, and a uuid must
 * differ from others but need not be a secret.
 */
function uuid(): Uint8Array {
  const bytes = Uint8Array.from({ length: 16 }, () => Math.random() * 256);
  return PLATFORM.crypto?.getRandomValues?.(bytes) ?? bytes;
}

/** @throws if the platform has no WebSocket, or if the WebSocket refuses the URL. */
function openSocket(
  given: WebSocketConstructor | undefined,
  url: string,
  protocols: string[],
  events: SocketEvents,
): Socket {
  const WebSocket = given ?? (globalThis as { WebSocket?: WebSocketConstructor }).WebSocket;
  if (WebSocket === undefined) throw new Error("This platform has no WebSocket: pass the option");
  const socket = new WebSocket(url, protocols);
  socket.binaryType = "arraybuffer";
  socket.addEventListener("open", () => events.opened());
  socket.addEventListener("message", ({ data }) => events.message(asMessage(data)));
  socket.addEventListener("close", ({ code, reason }) => events.closed(code, reason));
  // Some platforms throw if an error has no listener. `close` always follows and says as much.
  socket.addEventListener("error", () => {});
  return {
    send(message) {
      if (socket.readyState !== OPEN) return;
      try {
        socket.send(message);
      } catch {
        // What follows could overtake what is lost here: the close reports the loss.
        socket.close();
      }
    },
    close: (code) => socket.close(code),
  };
}

function asMessage(data: unknown): string | Uint8Array | null {
  if (typeof data === "string") return data;
  // Not `instanceof`: the WebSocket may be of another realm, as in test environments.
  const isBuffer = Object.prototype.toString.call(data) === "[object ArrayBuffer]";
  return isBuffer ? new Uint8Array(data as ArrayBuffer) : null;
}

const clock: Clock = {
  nowMs: () => (PLATFORM.performance ?? Date).now(),
  after(delayMs, run): Cancel {
    const timer = setTimeout(run, Math.min(delayMs, MAX_DELAY_MS));
    return () => clearTimeout(timer);
  },
  soon: (run) => (endOfTurn ??= findEndOfTurn())(run),
};

let endOfTurn: Clock["soon"] | undefined;

/**
 * Runs a task rather than a microtask: in a burst of candidates each is a task of its own, and those that are queued
 * already should leave together. It avoids `setTimeout` where it can, because in a hidden tab that waits for a second.
 */
function findEndOfTurn(): Clock["soon"] {
  const { setImmediate, MessageChannel } = globalThis as {
    readonly setImmediate?: (run: () => void) => unknown;
    readonly MessageChannel?: new () => {
      readonly port1: {
        addEventListener(type: "message", listener: () => void): void;
        start(): void;
      };
      readonly port2: { postMessage(message: null): void };
    };
  };
  if (setImmediate !== undefined) return (run) => void setImmediate(run);
  if (MessageChannel === undefined) return (run) => void setTimeout(run);
  const waiting: (() => void)[] = [];
  const { port1, port2 } = new MessageChannel();
  port1.addEventListener("message", () => waiting.shift()?.());
  port1.start();
  return (run) => {
    waiting.push(run);
    port2.postMessage(null);
  };
}

/** Some platforms have a `document` or a `navigator` without events. */
interface ListenerTarget {
  addEventListener?(type: string, listener: (event: object) => void): void;
  removeEventListener?(type: string, listener: (event: object) => void): void;
}

/** Listens for the network in pages and their workers, and for a page that was hidden, frozen, or kept for "back". */
function onReturn(run: (news: Return) => void): Cancel {
  // The declarations of no platform fit every other: pages, their workers, Node.
  const { document, navigator } = globalThis as unknown as {
    readonly navigator?: { readonly connection?: ListenerTarget };
    readonly document?: ListenerTarget & { readonly visibilityState: string };
  };
  const page = document && globalThis;
  const network = "onLine" in (navigator ?? {}) ? globalThis : undefined;
  const cancels = [
    listen(network, "online", () => run("online")),
    listen(navigator?.connection, "change", () => run("network-change")),
    listen(document, "visibilitychange", () => {
      if (document?.visibilityState === "visible") run("page");
    }),
    listen(document, "resume", () => run("page")),
    listen(page, "pageshow", ({ persisted }) => {
      if (persisted === true) run("page");
    }),
  ];
  return () => cancels.forEach((cancel) => cancel());
}

function listen(
  target: ListenerTarget | undefined,
  type: string,
  listener: (event: { readonly persisted?: boolean }) => void,
): Cancel {
  target?.addEventListener?.(type, listener);
  return () => target?.removeEventListener?.(type, listener);
}

/** A redirect could carry the token elsewhere, so none is followed. Without `fetch` it rejects. */
async function httpGet(url: string, token: string, signal: AbortSignal): Promise<HttpAnswer> {
  const { status, headers } = await fetch(url, {
    headers: { authorization: `Bearer ${token}` },
    cache: "no-store",
    redirect: "manual",
    signal,
  });
  // A date, which only other servers send, counts as nothing, and so does a time that is over.
  const seconds = Math.max(0, Number(headers.get("retry-after")));
  return { status, retryAfterMs: seconds * 1_000 || undefined };
}
