/** Rules for the question why no socket opens. */
import { expect, vi } from "vitest";
import { harness } from "../../support/harness.ts";
import { asking, connecting, fail, failAndRetry, nextAttempt, refuse } from "./steps.ts";

export const REASONS = {
  async ask() {
    const world = await connecting({ url: "wss://hub.test/?x=1" });
    const { hub } = world;
    await failAndRetry(world);
    expect(hub.questions).toEqual([]);
    await fail(world);
    expect(hub.questions).toMatchObject([
      { url: "https://hub.test/?x=1&client_id=alice", token: "token" },
    ]);
    const signal = hub.questions[0]?.signal;
    await hub.clock.advance(4_999);
    expect(signal?.aborted).toBe(false);
    await hub.clock.advance(1);
    expect(signal?.aborted).toBe(true);
    // What comes too late counts for nothing.
    hub.questions[0]?.answer({ status: 401 });
    const askedAtMs: number[] = [5_000];
    while (hub.clock.nowMs() < 250_000) {
      const before = hub.questions.length;
      await failAndRetry(world);
      if (hub.questions.length > before) askedAtMs.push(hub.clock.nowMs());
    }
    expect(world.client.state).not.toBe("closed");
    expect(askedAtMs.length).toBeGreaterThan(1);
    expect(askedAtMs.length).toBeLessThanOrEqual(5);
    // A hub that opens sockets is asked nothing.
    const open = await connecting();
    for (let attempt = 0; attempt < 5; attempt += 1) {
      await refuse(open.hub, 500);
      await open.hub.clock.advance(8_000);
    }
    expect(open.hub.questions).toEqual([]);
  },

  async "answer 401"() {
    for (const status of [401, 403]) {
      for (const meanwhile of ["waiting", "connecting"]) {
        const { hub, client, connect, question } = await asking();
        if (meanwhile === "connecting") await hub.clock.advance(1_000);
        expect(client.state).toBe(meanwhile);
        question.answer({ status });
        expect(await connect.now()).toMatchObject({
          code: "unauthenticated",
          message: expect.stringContaining(`${status}`),
        });
        await hub.clock.turn();
        expect([client.state, hub.clock.delaysMs]).toEqual(["closed", []]);
        expect(hub.listensForReturns).toBe(false);
      }
    }
    const token = vi.fn<() => string>(() => "rotated");
    const world = await asking({ token });
    world.question.answer({ status: 401 });
    await world.hub.clock.turn();
    expect(world.client.state).toBe("waiting");
    expect(world.errors.at(-1)).toMatchObject({ retryable: true, errorCode: 401 });
    const callsBefore = token.mock.calls.length;
    await nextAttempt(world);
    await failAndRetry(world);
    world.hub.questions[1]?.answer({ status: 401 });
    expect(await world.connect.now()).toMatchObject({ code: "unauthenticated" });
    expect(token.mock.calls.length - callsBefore).toBeLessThanOrEqual(2);
  },

  async "answer 429"() {
    for (const [status, code, retryAfterMs, leastMs] of [
      [429, "rate-limited", 60_000, 60_000],
      [503, "hub-unavailable", 20_000, 20_000],
      [503, "hub-unavailable", 1e9, 300_000],
    ] as const) {
      const { hub, client, errors, question } = await asking();
      question.answer({ status, retryAfterMs });
      await hub.clock.turn();
      expect(errors.at(-1)).toMatchObject({ code, retryAfterMs });
      hub.comeBack("online");
      const before = hub.sockets.length;
      await hub.clock.advance(leastMs - 1);
      expect([client.state, hub.sockets.length]).toEqual(["waiting", before]);
      await hub.clock.advance(8_001);
      expect(hub.sockets).toHaveLength(before + 1);
    }
  },

  async "answer 404"() {
    for (const status of [400, 404]) {
      const { hub, client, errors, question } = await asking();
      question.answer({ status });
      await hub.clock.turn();
      expect(errors.at(-1)).toMatchObject({ code: "unreachable", retryable: true });
      expect(errors.at(-1)?.message).toContain(`${status} over HTTP: check url`);
      expect([client.state, hub.clock.delaysMs]).toEqual(["waiting", [180_000]]);
      // A network without a portal, perhaps.
      hub.comeBack("online");
      await fail({ hub });
      expect(hub.clock.delaysMs).toEqual([500]);
    }
  },

  async "no reason"() {
    for (const status of [200, 302, 426, 500, 502]) {
      const { hub, client, errors, question } = await asking();
      const { delaysMs } = hub.clock;
      const told = errors.length;
      question.answer({ status });
      await hub.clock.turn();
      expect(hub.clock.delaysMs).toEqual(delaysMs.filter((ms) => ms !== 5_000));
      expect([client.state, errors.length]).toEqual(["waiting", told]);
    }
    const hidden = await asking();
    hidden.question.fail(new TypeError("CORS"));
    await hidden.hub.clock.turn();
    expect(hidden.client.state).toBe("waiting");
    for (const httpGet of [
      undefined,
      () => {
        throw new TypeError("not a header");
      },
    ]) {
      const world = harness();
      Object.assign(world.hub.ports, { httpGet });
      void world.client.connect();
      for (let attempt = 0; attempt < 5; attempt += 1) await failAndRetry(world);
      expect(world.client.state).toBe("connecting");
    }
  },
};
