/** Signals that arrive before anybody listens. */
import { describe, expect, it } from "vitest";
import { SignalClient } from "../../src/client/client.ts";
import type { SignalClientOptions } from "../../src/client/options.ts";
import type { Signal } from "../../src/client/signal.ts";
import { FakeHub, type FakeSocket } from "./support/fake-hub.ts";

/** A connected client without a listener of `signal`. */
async function deaf(options: Partial<SignalClientOptions> = {}) {
  const hub = new FakeHub();
  const given = { url: "wss://hub.test/", clientId: "alice", token: "token", ...options };
  const client = new SignalClient(given, hub.ports);
  const errors: string[] = [];
  client.on("error", ({ code }) => errors.push(code));
  void client.connect();
  const socket = await hub.accept();
  return { hub, client, errors, socket };
}

function arrive(socket: FakeSocket, ...data: unknown[]): void {
  for (const signal_data of data) {
    socket.sendFrame("SIGNAL_OFFER", { source_client_id: "bob", signal_data });
  }
}

/** What a listener that is added now hears. */
function hear(client: SignalClient): unknown[] {
  const heard: unknown[] = [];
  client.on("signal", ({ data }) => heard.push(data));
  return heard;
}

async function readAll(signals: AsyncIterable<Signal>): Promise<unknown[]> {
  const read: unknown[] = [];
  for await (const { data } of signals) read.push(data);
  return read;
}

describe("a signal that arrives before anybody listens", () => {
  it("reaches every listener that the first turn adds, once and in order, when the turn has ended", async () => {
    const { client, hub, socket } = await deaf();
    arrive(socket, 1, 2);
    await hub.clock.turn();
    const first = hear(client);
    await Promise.resolve();
    const second = hear(client);
    expect(first).toEqual([]);
    await hub.clock.turn();
    const late = hear(client);
    await hub.clock.turn();
    arrive(socket, 3);
    expect({ first, second, late }).toEqual({ first: [1, 2, 3], second: [1, 2, 3], late: [3] });
  });

  it("comes before one that arrives between the first listener and the end of its turn", async () => {
    const { client, hub, socket } = await deaf();
    arrive(socket, 1);
    const heard = hear(client);
    const reader = readAll(client.signals());
    arrive(socket, 2);
    expect(heard).toEqual([]);
    await hub.clock.turn();
    arrive(socket, 3);
    expect(heard).toEqual([1, 2, 3]);
    void client.close();
    expect(await reader).toEqual([1, 2, 3]);
  });

  it("comes before one that arrives while a listener runs", async () => {
    const { client, hub, socket } = await deaf();
    arrive(socket, 1, 2);
    client.on("signal", ({ data }) => data === 1 && arrive(socket, 3));
    const heard = hear(client);
    await hub.clock.turn();
    expect(heard).toEqual([1, 2, 3]);
  });

  it("reaches signals(), and no later listener or loop", async () => {
    const { client, hub, socket } = await deaf();
    arrive(socket, 1);
    const reader = readAll(client.signals());
    await hub.clock.turn();
    const heard = hear(client);
    const later = readAll(client.signals());
    await hub.clock.turn();
    arrive(socket, 2);
    void client.close();
    expect([await reader, heard, await later]).toEqual([[1, 2], [2], [2]]);
  });

  it("waits for the next listener if the first leaves within its turn", async () => {
    const { client, hub, socket } = await deaf();
    arrive(socket, 1);
    client.on("signal", () => {})();
    await hub.clock.turn();
    const heard = hear(client);
    await hub.clock.turn();
    expect(heard).toEqual([1]);
  });

  it("waits over a lost connection", async () => {
    const { client, hub, socket } = await deaf();
    arrive(socket, 1);
    socket.closed(1006);
    await hub.clock.advance(500);
    arrive(await hub.accept(), 2);
    const heard = hear(client);
    await hub.clock.turn();
    expect(heard).toEqual([1, 2]);
  });

  it("is forgotten by close(), also while listeners hear it", async () => {
    const { client, hub, socket } = await deaf();
    arrive(socket, 1, 2);
    void client.close();
    void client.connect();
    const again = await hub.accept();
    arrive(again, 3, 4);
    client.on("signal", () => void client.close());
    const heard = hear(client);
    await hub.clock.turn();
    expect(heard).toEqual([3]);
  });

  it("causes one error event per overflow, and the oldest are kept", async () => {
    const { client, hub, socket, errors } = await deaf({ maxBuffered: 2 });
    arrive(socket, 1, 2);
    expect(errors).toEqual([]);
    arrive(socket, 3, 4);
    expect(errors).toEqual(["buffer-full"]);
    const reader = readAll(client.signals());
    const heard = hear(client);
    await hub.clock.turn();
    expect(heard).toEqual([1, 2]);
    void client.close();
    expect(await reader).toEqual([1, 2]);
    expect(errors).toEqual(["buffer-full"]);
  });

  it("is not held again once somebody has listened", async () => {
    const { client, hub, socket } = await deaf();
    const off = client.on("signal", () => {});
    await hub.clock.turn();
    off();
    arrive(socket, 1);
    const heard = hear(client);
    await hub.clock.turn();
    expect(heard).toEqual([]);
  });
});
