/** Receiving signals: `signals()` and the `signal` event. */
import { describe, expect, it } from "vitest";
import type { Signal } from "../../src/client/signal.ts";
import { connected, Watched } from "./support/harness.ts";

function signal(data: unknown) {
  return { source_client_id: "bob", target_client_id: "alice", signal_data: data };
}

/** Reads to the end. Returns the data, and then "end" or the error that the loop threw. */
async function readAll(signals: AsyncIterable<Signal>): Promise<unknown[]> {
  const read: unknown[] = [];
  try {
    for await (const { data } of signals) read.push(data);
    return [...read, "end"];
  } catch (error) {
    return [...read, error];
  }
}

describe("the signal event", () => {
  it("[SI2] has type, source, data and id", async () => {
    const { socket, signals } = await connected();
    socket.sendFrame(
      "SIGNAL_ANSWER",
      signal({ sdp: "v=0" }),
      "00000000-0000-4000-8000-0000000000ff",
    );
    expect(signals).toEqual([
      {
        type: "answer",
        source: "bob",
        data: { sdp: "v=0" },
        id: "00000000-0000-4000-8000-0000000000ff",
      },
    ]);
  });
});

describe("signals()", () => {
  it("gives each reader every signal from the call on, in order", async () => {
    const { client, socket } = await connected();
    socket.sendFrame("SIGNAL_OFFER", signal(0));
    const readers = [readAll(client.signals()), readAll(client.signals())];
    for (const data of [1, 2]) socket.sendFrame("SIGNAL_OFFER", signal(data));
    await Promise.resolve();
    socket.sendFrame("SIGNAL_OFFER", signal(3));
    void client.close();
    expect(await Promise.all(readers)).toEqual([
      [1, 2, 3, "end"],
      [1, 2, 3, "end"],
    ]);
  });

  it("continues after a reconnect", async () => {
    const { client, hub, socket } = await connected();
    const reader = readAll(client.signals());
    socket.sendFrame("SIGNAL_OFFER", signal(1));
    socket.closed(1006);
    await hub.clock.advance(500);
    (await hub.accept()).sendFrame("SIGNAL_OFFER", signal(2));
    void client.close();
    expect(await reader).toEqual([1, 2, "end"]);
  });

  it("throws what stopped the client after the buffered signals", async () => {
    const { client, socket } = await connected();
    const signals = client.signals();
    socket.sendFrame("SIGNAL_OFFER", signal(1));
    socket.closed(4409);
    expect(await readAll(signals)).toMatchObject([1, { code: "replaced" }]);
    expect(await readAll(signals)).toMatchObject([{ code: "replaced" }]);
  });

  it("throws buffer-full after the buffered signals if the reader is too slow", async () => {
    const { client, socket } = await connected({ maxBuffered: 2 });
    const signals = client.signals();
    for (const data of [1, 2, 3, 4]) socket.sendFrame("SIGNAL_OFFER", signal(data));
    expect(await readAll(signals)).toMatchObject([1, 2, { code: "buffer-full" }]);
  });

  it("has no limit for a reader that keeps up", async () => {
    const { client, socket } = await connected({ maxBuffered: 1 });
    const signals = client.signals();
    for (const data of [1, 2, 3]) {
      const next = signals.next();
      socket.sendFrame("SIGNAL_OFFER", signal(data));
      expect(await next).toMatchObject({ value: { data } });
    }
  });

  it("throws aborted when its AbortSignal fires, or at once if it has fired", async () => {
    const { client } = await connected();
    const abort = new AbortController();
    const reader = readAll(client.signals({ signal: abort.signal }));
    abort.abort("no");
    expect(await reader).toMatchObject([{ code: "aborted", cause: "no" }]);
    expect(await readAll(client.signals({ signal: abort.signal }))).toMatchObject([
      { code: "aborted", cause: "no" },
    ]);
  });

  it("ends when the reader leaves the loop", async () => {
    const { client, socket } = await connected();
    const signals = client.signals();
    socket.sendFrame("SIGNAL_OFFER", signal(1));
    socket.sendFrame("SIGNAL_OFFER", signal(2));
    for await (const { data } of signals) {
      expect(data).toBe(1);
      break;
    }
    expect(await new Watched(signals.next()).now()).toBe("done");
    expect(await signals.next()).toEqual({ done: true, value: undefined });
  });
});
