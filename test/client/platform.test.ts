/** The ports on a real platform, whose globals a test may replace. No timer here waits. */
import { runInNewContext } from "node:vm";
import { afterEach, describe, expect, it, vi } from "vitest";
import { platformPorts } from "../../src/client/platform.ts";
import type { SocketEvents, WebSocketConstructor } from "../../src/client/ports.ts";

afterEach(() => {
  vi.unstubAllGlobals();
  vi.resetModules();
});

class FakeWebSocket extends EventTarget {
  static readonly made: FakeWebSocket[] = [];
  binaryType = "blob";
  readyState = 0;
  readonly sent: unknown[] = [];
  readonly closes: unknown[] = [];
  readonly url: string;
  readonly protocols: string[];

  constructor(url: string, protocols: string[]) {
    super();
    this.url = url;
    this.protocols = protocols;
    FakeWebSocket.made.push(this);
  }

  send(message: unknown): void {
    this.sent.push(message);
  }

  close(code?: number): void {
    this.closes.push(code);
  }

  fire(type: string, fields: object = {}): void {
    this.dispatchEvent(Object.assign(new Event(type), fields));
  }
}

function open(WebSocket?: typeof FakeWebSocket) {
  const events = { opened: vi.fn(), message: vi.fn(), closed: vi.fn() } satisfies SocketEvents;
  // EventTarget's types do not know the events that `fire` makes.
  const given = WebSocket as unknown as WebSocketConstructor | undefined;
  const socket = platformPorts(given).openSocket("ws://hub.test/", ["p"], events);
  const ws = FakeWebSocket.made.at(-1);
  if (ws === undefined) throw new Error("no WebSocket was made");
  return { events, socket, ws };
}

describe("openSocket()", () => {
  it("uses the option's WebSocket, or else the platform's", () => {
    expect(open(FakeWebSocket).ws).toMatchObject({ url: "ws://hub.test/", protocols: ["p"] });
    vi.stubGlobal("WebSocket", FakeWebSocket);
    const before = FakeWebSocket.made.length;
    open();
    expect(FakeWebSocket.made).toHaveLength(before + 1);
  });

  it("throws if the platform has no WebSocket", () => {
    vi.stubGlobal("WebSocket", undefined);
    expect(() => open()).toThrow("no WebSocket");
  });

  it("passes on text, bytes, and null for anything else", () => {
    const { events, ws } = open(FakeWebSocket);
    expect(ws.binaryType).toBe("arraybuffer");
    ws.fire("open");
    ws.fire("message", { data: "pong" });
    ws.fire("message", { data: Uint8Array.of(1, 2).buffer });
    ws.fire("message", { data: { blob: true } });
    ws.fire("error");
    ws.fire("close", { code: 4409, reason: "replaced" });
    expect(events.opened).toHaveBeenCalledOnce();
    expect(events.message.mock.calls).toEqual([["pong"], [Uint8Array.of(1, 2)], [null]]);
    expect(events.closed.mock.calls).toEqual([[4409, "replaced"]]);
  });

  it("passes on bytes of another realm, as in test environments", () => {
    const { events, ws } = open(FakeWebSocket);
    ws.fire("message", { data: runInNewContext("Uint8Array.of(1, 2).buffer") });
    expect(events.message.mock.calls).toEqual([[Uint8Array.of(1, 2)]]);
  });

  it("closes a socket whose send throws, since what follows could overtake what is lost", () => {
    const { socket, ws } = open(FakeWebSocket);
    ws.readyState = 1;
    ws.send = () => {
      throw new Error("INVALID_STATE_ERR");
    };
    expect(() => socket.send("x")).not.toThrow();
    expect(ws.closes).toHaveLength(1);
  });

  it("sends only while the socket is open", () => {
    const { socket, ws } = open(FakeWebSocket);
    for (const readyState of [0, 1, 2, 3]) {
      ws.readyState = readyState;
      socket.send(`in state ${readyState}`);
    }
    socket.close();
    socket.close(1000);
    expect(ws.sent).toEqual(["in state 1"]);
    expect(ws.closes).toEqual([undefined, 1000]);
  });
});

/** The order in which the work of one turn runs. */
async function order(): Promise<string[]> {
  vi.resetModules();
  const { clock } = (await import("../../src/client/platform.ts")).platformPorts();
  const ran: string[] = [];
  await new Promise<void>((resolve) => {
    clock.soon(() => ran.push("soon"));
    clock.soon(() => {
      ran.push("soon, too");
      resolve();
    });
    void Promise.resolve().then(() => ran.push("microtask"));
    ran.push("turn");
  });
  return ran;
}

describe("clock.soon()", () => {
  const EXPECTED = ["turn", "microtask", "soon", "soon, too"];

  it("runs after everything that is queued, by setImmediate", async () => {
    expect(await order()).toEqual(EXPECTED);
  });

  it("runs after everything that is queued, by MessageChannel as in pages", async () => {
    vi.stubGlobal("setImmediate", undefined);
    expect(await order()).toEqual(EXPECTED);
  });

  it("runs after everything that is queued, by a timer if there is neither", async () => {
    vi.stubGlobal("setImmediate", undefined);
    vi.stubGlobal("MessageChannel", undefined);
    expect(await order()).toEqual(EXPECTED);
  });
});

describe("clock.after()", () => {
  it("cuts a delay that is longer than timers can count", () => {
    const timer = vi.fn<(run: () => void, delayMs: number) => number>(() => 7);
    const clear = vi.fn<(timer: number) => void>();
    vi.stubGlobal("setTimeout", timer);
    vi.stubGlobal("clearTimeout", clear);
    const { clock } = platformPorts();
    const cancel = clock.after(Infinity, () => {});
    clock.after(5, () => {});
    cancel();
    expect(timer.mock.calls.map(([, delayMs]) => delayMs)).toEqual([2 ** 31 - 1, 5]);
    expect(clear.mock.calls).toEqual([[7]]);
  });
});

describe("clock.nowMs()", () => {
  it("counts on without `performance`", () => {
    vi.stubGlobal("performance", undefined);
    vi.spyOn(Date, "now").mockReturnValue(7);
    expect(platformPorts().clock.nowMs()).toBe(7);
    vi.restoreAllMocks();
  });
});

function stubPage() {
  const world = new EventTarget();
  const page = Object.assign(new EventTarget(), { visibilityState: "hidden" });
  const connection = new EventTarget();
  vi.stubGlobal("navigator", { onLine: true, connection });
  vi.stubGlobal("document", page);
  vi.stubGlobal("addEventListener", world.addEventListener.bind(world));
  vi.stubGlobal("removeEventListener", world.removeEventListener.bind(world));
  return { world, page, connection };
}

describe("onReturn()", () => {
  it("reports `online`, a change of the network, and a page that is shown, until it is cancelled", () => {
    const { world, page, connection } = stubPage();
    const heard: string[] = [];
    const cancel = platformPorts().onReturn((news) => heard.push(news));
    const fireAll = () => {
      world.dispatchEvent(new Event("online"));
      connection.dispatchEvent(new Event("change"));
      page.dispatchEvent(new Event("visibilitychange"));
      page.dispatchEvent(new Event("resume"));
      world.dispatchEvent(Object.assign(new Event("pageshow"), { persisted: false }));
      world.dispatchEvent(Object.assign(new Event("pageshow"), { persisted: true }));
    };
    fireAll();
    expect(heard.splice(0)).toEqual(["online", "network-change", "page", "page"]);
    page.visibilityState = "visible";
    fireAll();
    expect(heard.splice(0)).toEqual(["online", "network-change", "page", "page", "page"]);
    cancel();
    fireAll();
    expect(heard).toEqual([]);
  });

  it("does nothing on a platform without network or page events", () => {
    const cancel = platformPorts().onReturn(() => {});
    expect(cancel).not.toThrow();
  });

  it("does nothing if `document` and `navigator` are there, but not their events", () => {
    vi.stubGlobal("navigator", { onLine: true });
    vi.stubGlobal("document", {});
    vi.stubGlobal("addEventListener", undefined);
    const cancel = platformPorts().onReturn(() => {});
    expect(cancel).not.toThrow();
  });

  it.each([
    ["a document without a window's events", { document: new EventTarget() }],
    ["a navigator without a window's events", { navigator: { onLine: true, connection: {} } }],
  ])("listens to what there is on a platform that has %s", (_what, globals) => {
    for (const [name, value] of Object.entries(globals)) vi.stubGlobal(name, value);
    vi.stubGlobal("addEventListener", undefined);
    vi.stubGlobal("removeEventListener", undefined);
    const cancel = platformPorts().onReturn(() => {});
    expect(cancel).not.toThrow();
  });
});

function get() {
  const { httpGet } = platformPorts();
  return httpGet?.("https://hub.test/?client_id=a", "the-token", new AbortController().signal);
}

describe("httpGet()", () => {
  it("sends the token as a Bearer token, caches nothing and follows no redirect", async () => {
    const fetch = vi.fn<typeof globalThis.fetch>(
      async () => new Response(null, { status: 429, headers: { "retry-after": "60" } }),
    );
    vi.stubGlobal("fetch", fetch);
    expect(await get()).toEqual({ status: 429, retryAfterMs: 60_000 });
    expect(fetch.mock.calls).toMatchObject([
      [
        "https://hub.test/?client_id=a",
        {
          headers: { authorization: "Bearer the-token" },
          cache: "no-store",
          redirect: "manual",
          signal: expect.any(AbortSignal),
        },
      ],
    ]);
  });

  it.each([
    [{}],
    [{ "retry-after": "Sat, 28 Nov 2026 04:00:00 GMT" }],
    [{ "retry-after": "-100" }],
  ])("knows no pause from the headers %j", async (headers) => {
    vi.stubGlobal("fetch", async () => new Response(null, { status: 503, headers }));
    expect(await get()).toEqual({ status: 503, retryAfterMs: undefined });
  });

  it("rejects on a platform without fetch", async () => {
    vi.stubGlobal("fetch", undefined);
    await expect(get()).rejects.toThrow(TypeError);
  });
});

describe("uuid()", () => {
  it("returns 16 bytes, different each time", () => {
    const { uuid } = platformPorts();
    const [one, other] = [uuid(), uuid()];
    expect([one.length, other.length]).toEqual([16, 16]);
    expect(one).not.toEqual(other);
  });

  it.each([undefined, {}])("does so on a platform whose `crypto` is %j", (crypto) => {
    vi.stubGlobal("crypto", crypto);
    const { uuid } = platformPorts();
    const [one, other] = [uuid(), uuid()];
    expect([one.length, other.length]).toEqual([16, 16]);
    expect(one).not.toEqual(other);
  });
});
