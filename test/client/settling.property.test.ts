/** The whole client: in any order of events each promise settles, and no timer is left. */
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { harness, Watched, type Harness } from "./support/harness.ts";

const STEPS: Readonly<Record<string, (run: Run) => void | Promise<void>>> = {
  send: (run) => run.send({}),
  sendAgain: (run) => run.send({ resend: true }),
  sendBriefly: (run) => run.send({ timeoutMs: 50 }),
  connect: (run) => run.watch(run.client.connect()),
  turn: ({ hub }) => hub.clock.turn(),
  wait: ({ hub }) => hub.clock.advance(100),
  waitLong: ({ hub }) => hub.clock.advance(40_000),
  open: ({ socket }) => socket?.open(),
  accept: ({ socket }) => {
    if (socket?.frames.some(({ type }) => type === "CONNECT") === true) socket.acceptConnect();
  },
  acknowledge: ({ socket }) => socket?.acknowledge(socket.signals.at(0)),
  acknowledgeLast: ({ socket }) => socket?.acknowledge(socket.signals.at(-1)),
  refuse: ({ socket }) => socket?.refuse(404, socket.signals.at(-1)?.uuid),
  refuseConnect: ({ socket }) => socket?.refuse(401, socket.frames.at(0)?.uuid),
  garbage: ({ socket }) => socket?.message(Uint8Array.of(1, 2, 3)),
  pong: ({ socket }) => socket?.message("pong"),
  lose: ({ socket }) => socket?.closed(1006),
  replace: ({ socket }) => socket?.closed(4409),
  abort: (run) => run.abort(),
  comeBack: ({ hub }) => hub.comeBack(),
  online: ({ hub }) => hub.comeBack("online"),
  reconnectNow: ({ client }) => client.reconnectNow(),
  probe: ({ client }) => client.probe(),
  answerQuestion: ({ hub }) => hub.questions.at(-1)?.answer({ status: 503, retryAfterMs: 50 }),
  refuseQuestion: ({ hub }) => hub.questions.at(-1)?.answer({ status: 401 }),
  loseQuestion: ({ hub }) => hub.questions.at(-1)?.fail(new TypeError("no network")),
  close: (run) => run.watch(run.client.close()),
};

describe("a client", () => {
  it("settles each send and connect once it is closed, and leaves no timer and no listener", async () => {
    const histories = fc.array(fc.constantFrom(...Object.keys(STEPS)), { maxLength: 60 });
    await fc.assert(
      fc.asyncProperty(histories, async (history) => {
        const run = new Run();
        for (const step of history) await STEPS[step]?.(run);
        await run.end();
        expect(run.unsettled).toBe(0);
        expect(run.hub.clock.delaysMs).toEqual([]);
        expect(run.hub.listensForReturns).toBe(false);
      }),
      { numRuns: 300 },
    );
  });
});

class Run {
  readonly #world: Harness = harness({ maxQueued: 3 });
  readonly #watched: Watched[] = [];
  #abort = new AbortController();

  get hub() {
    return this.#world.hub;
  }

  get client() {
    return this.#world.client;
  }

  get socket() {
    return this.hub.sockets.at(-1);
  }

  get unsettled(): number {
    return this.#watched.filter(({ outcome }) => outcome === "pending").length;
  }

  send(options: { resend?: boolean; timeoutMs?: number }): void {
    const { signal } = this.#abort;
    this.watch(this.client.send("bob", "offer", 1, { ...options, signal }));
  }

  watch(promise: Promise<void>): void {
    this.#watched.push(new Watched(promise));
  }

  abort(): void {
    this.#abort.abort();
    this.#abort = new AbortController();
  }

  async end(): Promise<void> {
    this.watch(this.client.close());
    await this.hub.clock.advance(2_000);
  }
}
