/** The real world: the platform's WebSocket, timers, randomness, and news of the network. The one impure file here. */
import type { Cancel, Clock, Ports, Socket, SocketEvents, WebSocketConstructor } from "./ports.ts";

/** Past it the platforms' timers fire at once: they count milliseconds in 31 bits. */
const MAX_DELAY_MS = 2 ** 31 - 1;

/** WHATWG WebSocket: readyState OPEN. */
const OPEN = 1;

/** Without `WebSocket` the platform's own is looked for, when the first socket opens. */
export function platformPorts(WebSocket?: WebSocketConstructor): Ports {
  return {
    openSocket: (url, protocols, events) => openSocket(WebSocket, url, protocols, events),
    clock: platformClock,
    random: () => Math.random(),
    uuid: randomUuid,
    onWake,
  };
}

/** 16 random bytes. Not `crypto.randomUUID`: pages on plain http have none. */
export function randomUuid(): Uint8Array {
  return crypto.getRandomValues(new Uint8Array(16));
}

/** @throws where there is no WebSocket, or it refuses the URL. */
function openSocket(
  given: WebSocketConstructor | undefined,
  url: string,
  protocols: string[],
  events: SocketEvents,
): Socket {
  const WebSocket = given ?? (globalThis as { WebSocket?: WebSocketConstructor }).WebSocket;
  if (WebSocket === undefined) throw new Error("This platform has no WebSocket: give the option");
  const socket = new WebSocket(url, protocols);
  socket.binaryType = "arraybuffer";
  socket.addEventListener("open", () => events.opened());
  socket.addEventListener("message", ({ data }) => events.message(asMessage(data)));
  socket.addEventListener("close", ({ code, reason }) => events.closed(code, reason));
  // Without a listener some platforms throw; `close` follows always, and says as much.
  socket.addEventListener("error", () => {});
  return {
    send(message) {
      if (socket.readyState === OPEN) socket.send(message);
    },
    close: (code) => socket.close(code),
  };
}

function asMessage(data: unknown): string | Uint8Array | null {
  if (typeof data === "string") return data;
  return data instanceof ArrayBuffer ? new Uint8Array(data) : null;
}

export const platformClock: Clock = {
  nowMs: () => performance.now(),
  after(delayMs, run): Cancel {
    const timer = setTimeout(run, Math.min(delayMs, MAX_DELAY_MS));
    return () => clearTimeout(timer);
  },
  soon: (run) => (endOfTurn ??= findEndOfTurn())(run),
};

let endOfTurn: Clock["soon"] | undefined;

/**
 * A task, not a microtask: a burst of candidates comes as one task each, and what is queued already should go along.
 * Not `setTimeout` where it can be avoided: in a hidden tab it waits for a second.
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

interface Listening {
  addEventListener(type: string, listener: () => void): void;
  removeEventListener(type: string, listener: () => void): void;
}

/** `online`, in pages and their workers; and a page that becomes visible, whose timers and sockets may have slept. */
function onWake(run: () => void): Cancel {
  const world = globalThis as unknown as Listening & {
    readonly navigator?: object;
    readonly document?: Listening & { readonly visibilityState: string };
  };
  const { document } = world;
  const shown = () => document?.visibilityState === "visible" && run();
  const hearsOfNetwork = "onLine" in (world.navigator ?? {});
  if (hearsOfNetwork) world.addEventListener("online", run);
  document?.addEventListener("visibilitychange", shown);
  return () => {
    if (hearsOfNetwork) world.removeEventListener("online", run);
    document?.removeEventListener("visibilitychange", shown);
  };
}
