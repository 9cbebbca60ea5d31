import { describe, expect, it } from "vitest";
import { Kernel } from "./kernel.ts";

/** Two objects that call each other while clients talk to one of them, and everything may fail. */
async function traceOf(seed: number): Promise<string> {
  const kernel = new Kernel({
    seed,
    network: {
      latencyMs: [1, 50],
      connectionLoss: 0.02,
      callFaults: { before: 0.1, during: 0.1, after: 0.1 },
    },
  });
  const [one, other] = [kernel.object("one", () => ({})), kernel.object("other", () => ({}))];
  for (let n = 0; n < 20; n += 1) {
    const { client, server } = kernel.network.connect("one");
    one.sockets.add(server);
    client.attach({ receive: () => {}, closed: () => {} });
    server.attach({
      receive: async (message) => {
        const answer = kernel.network.call("one", "other", other, () => `${message} answered`);
        await server.send(await answer.catch(() => "failed"));
      },
      closed: () => {},
    });
    kernel.clock.after(kernel.random.below(100), () => void client.send(kernel.random.uuid()));
  }
  kernel.clock.after(60, () => one.reset());
  await kernel.clock.flow(1000);
  return kernel.trace.text;
}

describe("a kernel", () => {
  it("writes the same trace for the same seed, byte for byte, and another for another", async () => {
    const trace = await traceOf(3);
    expect(trace.split("\n").length).toBeGreaterThan(40);
    expect(trace).toContain("fails");
    expect(await traceOf(3)).toBe(trace);
    expect(await traceOf(4)).not.toBe(trace);
  });

  it("gives each object a storage of its own", () => {
    const kernel = new Kernel({ seed: 1 });
    const [one, other] = [kernel.object("one", () => ({})), kernel.object("other", () => ({}))];
    one.storage.table<string, number>("rows").put("a", 1);
    expect(other.storage.table("rows").count).toBe(0);
  });
});
