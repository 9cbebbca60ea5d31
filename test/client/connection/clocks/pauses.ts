/** Rules for pauses, and for an attempt that fails. */
import { expect, vi } from "vitest";
import { connected } from "../../support/harness.ts";
import { connecting, fail, refuse } from "./steps.ts";

export const PAUSES = {
  async backoff() {
    const world = await connecting({ retryBaseMs: 100, retryMaxMs: 400 });
    const pausesMs: (number | undefined)[] = [];
    for (let attempt = 0; attempt < 5; attempt += 1) {
      await refuse(world.hub, 500);
      pausesMs.push(world.hub.clock.delaysMs[0]);
      world.hub.random = 1;
      await world.hub.clock.advance(400);
    }
    expect(pausesMs).toEqual([100, 200, 400, 400, 400]);
    world.hub.random = 0.25;
    await refuse(world.hub, 500);
    expect(world.hub.clock.delaysMs).toEqual([100]);
  },

  async stable() {
    const { hub } = await connected();
    const pausesMs: number[] = [];
    for (const lastsMs of [0, 9_999, 10_000]) {
      await hub.clock.advance(lastsMs);
      hub.socket.closed(1006);
      pausesMs.push(...hub.clock.delaysMs);
      await hub.clock.advance(1_000);
      await hub.accept();
    }
    expect(pausesMs).toEqual([500, 1_000, 500]);
  },

  async outage() {
    for (const [options, longestMs] of [
      [{}, 180_000],
      [{ longRetryMaxMs: 20_000 }, 20_000],
    ] as const) {
      const world = await connecting(options);
      await fail(world);
      const { clock } = world.hub;
      const beganAtMs = clock.nowMs();
      while (clock.nowMs() < beganAtMs + 600_000) {
        const outageMs = clock.nowMs() - beganAtMs;
        const pauseMs = Math.max(...clock.delaysMs);
        const grownMs = Math.min(longestMs, outageMs - 32_000);
        if (outageMs > 40_000) expect(pauseMs).toBe(grownMs);
        else expect(pauseMs).toBeLessThanOrEqual(8_000);
        await clock.advance(pauseMs);
        await fail(world);
      }
      await clock.advance(longestMs);
      await world.hub.accept();
      world.hub.socket.closed(1006);
      expect(Math.max(...clock.delaysMs)).toBeLessThanOrEqual(8_000);
    }
  },

  async "retry-after"() {
    const { hub, client } = await connecting();
    await refuse(hub, 503, { retry_after_ms: 2_000 });
    expect(hub.clock.delaysMs).toEqual([2_500]);
    await hub.clock.advance(2_500);
    await refuse(hub, 429, { retry_after_ms: 1e12 });
    expect(hub.clock.delaysMs).toEqual([301_000]);
    // The hub speaks, so this is no outage, however long it takes.
    await hub.clock.advance(301_000);
    await refuse(hub, 503, { retry_after_ms: 1_000 });
    expect(hub.clock.delaysMs).toEqual([3_000]);
    expect(client.state).toBe("waiting");
  },

  async "no answer"() {
    const { hub, client, errors } = await connecting({ connectTimeoutMs: 9_000 });
    hub.socket.open();
    await hub.clock.advance(8_999);
    expect(client.state).toBe("connecting");
    await hub.clock.advance(1);
    expect(client.state).toBe("waiting");
    expect(errors).toMatchObject([{ code: "unreachable", retryable: true }]);
  },

  async "token fails"() {
    const token = vi.fn<() => Promise<string>>();
    token.mockRejectedValueOnce(new Error("offline")).mockResolvedValue("");
    const { hub, client, errors } = await connecting({ token });
    await hub.clock.advance(300_000);
    expect(errors.every(({ code }) => code === "token-failed")).toBe(true);
    // A page whose login service is away asks less and less often, and asks the hub nothing.
    expect(token.mock.calls.length).toBeLessThan(20);
    expect([hub.sockets, hub.questions]).toEqual([[], []]);
    expect(client.state).toBe("waiting");
  },
};
