/** The whole SDK, bundled, on platforms that lack what a page has: React Native, and an engine with nothing but timers. */
import { createContext, runInContext, type Context } from "node:vm";
import { build } from "esbuild";
import { beforeAll, describe, expect, it, vi } from "vitest";
import { decodeMessage, encodeFrame } from "../../src/protocol/frame.ts";
import { frame, seen } from "../support/frames.ts";

let bundle = "";
beforeAll(async () => {
  const { outputFiles } = await build({
    entryPoints: ["src/client/index.ts"],
    bundle: true,
    minify: true,
    format: "iife",
    globalName: "SDK",
    write: false,
  });
  bundle = outputFiles[0]?.text ?? "";
});

/** A WebSocket with a hub at its other end, which hands each signal back to its sender. */
class HubWebSocket extends EventTarget {
  binaryType = "blob";
  readyState = 0;
  readonly url: string;

  constructor(url: string) {
    super();
    this.url = url;
    setImmediate(() => {
      this.readyState = 1;
      this.dispatchEvent(new Event("open"));
    });
  }

  send(message: Uint8Array): void {
    for (const decoded of decodeMessage(Uint8Array.from(message))) {
      if (decoded.kind === "failure") throw new Error(decoded.failure.fault);
      const { type, uuid, payload } = seen(encodeFrame(decoded.frame));
      if (type === "CONNECT") this.#answer(frame("CONNECT_ACK", ACK, uuid));
      if (type !== "SIGNAL_OFFER") continue;
      const signal = { source_client_id: "ali ce", ...Object(payload) };
      this.#answer(frame("SIGNAL_OFFER", signal, uuid));
      this.#answer(frame("SIGNAL_ACK", { status: "delivered", target_client_id: "ali ce" }, uuid));
    }
  }

  close(code = 1000): void {
    this.readyState = 3;
    setImmediate(() => this.dispatchEvent(Object.assign(new Event("close"), { code, reason: "" })));
  }

  #answer(bytes: Uint8Array<ArrayBuffer>): void {
    setImmediate(() =>
      this.dispatchEvent(Object.assign(new Event("message"), { data: bytes.buffer })),
    );
  }
}

const ACK = {
  status: "success",
  session_id: "s",
  client_id: "ali ce",
  heartbeat_interval: 30,
  server_time: 0,
  capabilities: ["ack"],
};

/** An engine as ECMAScript defines it, with timers, a console and a WebSocket. */
function bare(): Record<string, unknown> {
  return { setTimeout, clearTimeout, console, WebSocket: HubWebSocket };
}

/** The URL of React Native: it checks nothing, adds a slash, and most of it is not implemented. */
class NativeUrl {
  readonly #url: string;

  constructor(url: string) {
    this.#url = url.endsWith("/") || url.includes("?") ? url : `${url}/`;
  }

  get href(): string {
    return this.#url;
  }

  get protocol(): string {
    throw new Error("URL.protocol is not implemented");
  }

  get hash(): string {
    throw new Error("URL.hash is not implemented");
  }

  get searchParams(): unknown {
    return {
      set() {
        throw new Error("URLSearchParams.set is not implemented");
      },
    };
  }
}

function NativeTextDecoder(_label: string, { fatal = false }: { readonly fatal?: boolean } = {}) {
  if (fatal) throw new TypeError("fatal is not supported");
}

const PLATFORMS: Record<string, () => Record<string, unknown>> = {
  "an engine with timers and a WebSocket alone": bare,
  "React Native": () => ({
    ...bare(),
    setImmediate,
    TextEncoder,
    TextDecoder: NativeTextDecoder,
    URL: NativeUrl,
    AbortController,
    performance: { now: () => performance.now() },
    navigator: { product: "ReactNative" },
  }),
  "React Native with polyfills that stop half-way": () => ({
    ...bare(),
    URL: NativeUrl,
    crypto: {},
    navigator: { onLine: true },
    document: {},
    location: {},
  }),
};

/** Talks to itself, and returns what it saw. */
const PROGRAM = `
(async () => {
  const errors = [];
  const client = new SDK.SignalClient({ url: "https://hub.test/signal", clientId: "ali ce", token: token });
  client.on("error", ({ code, message }) => errors.push(code + ": " + message));
  await client.connect();
  const signals = client.signals();
  await client.send("ali ce", "offer", { text: "\\ufeffé日🦊\\ud800" });
  const { value } = await signals.next();
  await client.close();
  return JSON.stringify({ errors, data: value.data, states: client.state });
})()`;

function start(globals: Record<string, unknown>): Context {
  const context = createContext(globals);
  runInContext(bundle, context);
  return context;
}

describe.each(Object.entries(PLATFORMS))("On %s", (_, globals) => {
  it.each([`"key"`, `() => "key"`, `async () => "key"`])(
    "a client with the token %s connects, sends, receives and closes",
    async (token) => {
      const context = start(globals());
      runInContext(`token = ${token}`, context);
      const seenThere: unknown = await runInContext(PROGRAM, context);
      expect(JSON.parse(String(seenThere))).toEqual({
        errors: [],
        data: { text: "\ufeffé日🦊\ud800" },
        states: "closed",
      });
    },
  );
});

describe("On any platform", () => {
  it("the bundle holds no regular expression with a property escape, which React Native's engine cannot parse", () => {
    expect(bundle).not.toMatch(/\\p\{/);
  });

  it("the SDK loads where there is nothing at all, and a client says once what is missing", async () => {
    const context = start({ setTimeout, clearTimeout });
    const failing: unknown = runInContext(
      `new SDK.SignalClient({ url: "ws://hub.test/", clientId: "a", token: "t" }).connect()`,
      context,
    );
    await expect(failing).rejects.toMatchObject({
      code: "bad-option",
      message: expect.stringContaining("no WebSocket"),
    });
  });

  it("the SDK leaves no unhandled rejection when a token function, a WebSocket or a URL throws", async () => {
    const unhandled = vi.fn();
    process.on("unhandledRejection", unhandled);
    const throwing = {
      ...bare(),
      WebSocket() {
        throw new Error("theirs");
      },
    };
    for (const token of [`"t"`, `() => { throw 1 }`, `() => Promise.reject(1)`, `() => 7`]) {
      const context = start(throwing);
      runInContext(
        `client = new SDK.SignalClient({ url: "ws://hub.test/", clientId: "a", token: ${token} });
         client.connect().catch(() => {});`,
        context,
      );
      for (let turn = 0; turn < 3; turn++) await new Promise((resolve) => setImmediate(resolve));
      await runInContext(`client.close()`, context);
    }
    process.off("unhandledRejection", unhandled);
    expect(unhandled).not.toHaveBeenCalled();
  });
});
