import { beforeEach, describe, expect, it } from "vitest";
import type { End, Message } from "./connection.ts";
import { CallFailed, NO_CALL_FAULTS } from "./calls.ts";
import { Kernel } from "./kernel.ts";

interface Heard {
  readonly messages: Message[];
  readonly closes: [code: number, clean: boolean][];
}

function listen(end: End): Heard {
  const heard: Heard = { messages: [], closes: [] };
  end.attach({
    receive: (message) => void heard.messages.push(message),
    closed: (code, clean) => {
      heard.closes.push([code, clean]);
      end.close(code);
    },
  });
  return heard;
}

function open(kernel: Kernel) {
  const { client, server, cut } = kernel.network.connect("hub");
  return { client, server, cut, atClient: listen(client), atServer: listen(server) };
}

describe("a connection", () => {
  it("keeps the order of its messages, whatever their latencies", async () => {
    const kernel = new Kernel({ seed: 5, network: { latencyMs: [1, 100] } });
    const { client, atServer } = open(kernel);
    const sent = Array.from({ length: 50 }, (_, n) => `${n}`);
    for (const message of sent) void client.send(message);
    await kernel.clock.flow(1);
    expect(atServer.messages.length).toBeLessThan(50);
    await kernel.clock.flow(100);
    expect(atServer.messages).toEqual(sent);
  });

  it("closes at both ends with the code of the one that closed first, behind what was sent", async () => {
    const kernel = new Kernel({ seed: 1 });
    const { client, server, atClient, atServer } = open(kernel);
    void server.send("last words");
    server.close(4409);
    server.close(1000);
    void server.send("too late");
    await kernel.clock.settle();
    expect(atClient).toEqual({ messages: ["last words"], closes: [[4409, true]] });
    expect(atServer.closes).toEqual([[4409, true]]);
    expect([client.canSend, server.canSend]).toEqual([false, false]);
  });

  it("shows the other end 1006 when one end dies, and nothing when it vanishes", async () => {
    const kernel = new Kernel({ seed: 1 });
    const [dying, vanishing] = [open(kernel), open(kernel)];
    dying.client.drop();
    vanishing.client.vanish();
    await vanishing.server.send("into the void");
    await kernel.clock.settle();
    expect(dying.atServer.closes).toEqual([[1006, false]]);
    expect(vanishing.atServer.closes).toEqual([]);
    expect(vanishing.atClient.messages).toEqual([]);
    expect(vanishing.server.canSend).toBe(true);
  });

  it("loses everything from some point on when it breaks, and never one message alone", async () => {
    const kernel = new Kernel({ seed: 11, network: { connectionLoss: 0.05 } });
    let broken = 0;
    for (let n = 0; n < 50; n += 1) {
      const { client, atServer, atClient } = open(kernel);
      const sent = Array.from({ length: 20 }, (_, at) => `${at}`);
      for (const message of sent) void client.send(message);
      await kernel.clock.settle();
      expect(atServer.messages).toEqual(sent.slice(0, atServer.messages.length));
      if (atServer.messages.length === sent.length) continue;
      broken += 1;
      expect(atServer.closes).toEqual([[1006, false]]);
      expect(atClient.closes).toEqual([[1006, false]]);
    }
    expect(broken).toBeGreaterThan(10);
    expect(broken).toBeLessThan(50);
  });
});

describe("a call between objects", () => {
  let kernel: Kernel;
  let effects: number;

  function callee() {
    return kernel.object("callee", () => ({}));
  }

  const effect = () => (effects += 1);

  beforeEach(() => {
    kernel = new Kernel({ seed: 1 });
    effects = 0;
  });

  it("takes the latency both ways", async () => {
    kernel.network.settings = { ...kernel.network.settings, latencyMs: [10, 10] };
    let answeredMs = 0;
    const start = kernel.clock.now();
    void kernel.network.call("a", "callee", callee(), effect).then(() => {
      answeredMs = kernel.clock.now() - start;
    });
    await kernel.clock.flow(100);
    expect([effects, answeredMs]).toEqual([1, 20]);
  });

  it("arrives behind the earlier ones of its caller", async () => {
    kernel.network.settings = { ...kernel.network.settings, latencyMs: [1, 100] };
    const arrived: number[] = [];
    for (let n = 0; n < 20; n += 1) {
      void kernel.network.call("a", "callee", callee(), () => arrived.push(n));
    }
    await kernel.clock.flow(200);
    expect(arrived).toEqual(arrived.toSorted((a, b) => a - b));
    expect(arrived).toHaveLength(20);
  });

  it.each([
    { when: "before", hadEffect: 0, wasReset: false },
    { when: "during", hadEffect: 1, wasReset: true },
    { when: "after", hadEffect: 1, wasReset: false },
  ] as const)(
    "that fails $when its effect rejects, and has had $hadEffect effect(s)",
    async ({ when, hadEffect, wasReset }) => {
      kernel.network.settings = {
        ...kernel.network.settings,
        callFaults: { ...NO_CALL_FAULTS, [when]: 1 },
      };
      const object = callee();
      const { memory } = object;
      await expect(kernel.network.call("a", "callee", object, effect)).rejects.toThrow(CallFailed);
      expect(effects).toBe(hadEffect);
      expect(object.memory !== memory).toBe(wasReset);
    },
  );

  it("rejects without an effect while the callee is out of reach", async () => {
    kernel.network.cutOff("callee");
    await expect(kernel.network.call("a", "callee", callee(), effect)).rejects.toThrow(CallFailed);
    kernel.network.reconnect("callee");
    await kernel.network.call("a", "callee", callee(), effect);
    expect(effects).toBe(1);
  });
});
