/** For how long one token is used. */
import { describe, expect, it } from "vitest";
import {
  cacheToken,
  type Mint,
  type TokenFailure,
} from "../../../../src/events/sinks/pubsub/token-cache.ts";
import { failed, success } from "../../../../src/protocol/result.ts";

const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;
const AWAY: TokenFailure = { kind: "retry", reason: "token: away", retryAfterMs: null };

/** Tokens `t1`, `t2` … that live an hour each, on a hand-turned clock. */
function tokens() {
  let made = 0;
  const world = { nowMs: 0, isAway: false, made: () => made };
  const mint: Mint = async () => {
    await Promise.resolve();
    made += 1;
    if (world.isAway) return failed(AWAY);
    return success({ text: `t${made}`, expiresAtMs: world.nowMs + HOUR_MS });
  };
  return { world, source: cacheToken(mint, () => world.nowMs) };
}

describe("cacheToken", () => {
  it("mints one token for all callers, at once and later", async () => {
    const { world, source } = tokens();
    const asked = await Promise.all([source.get(), source.get(), source.get()]);
    expect(asked).toEqual([success("t1"), success("t1"), success("t1")]);
    expect(await source.get()).toEqual(success("t1"));
    expect(world.made()).toBe(1);
  });

  it("renews a token five minutes before it expires, and not sooner", async () => {
    const { world, source } = tokens();
    await source.get();
    world.nowMs = HOUR_MS - 5 * MINUTE_MS - 1;
    expect(await source.get()).toEqual(success("t1"));
    world.nowMs += 1;
    expect(await source.get()).toEqual(success("t2"));
  });

  it("keeps using a token that has not expired while minting fails", async () => {
    const { world, source } = tokens();
    await source.get();
    world.isAway = true;
    world.nowMs = HOUR_MS - 1;
    expect(await source.get()).toEqual(success("t1"));
    world.nowMs = HOUR_MS;
    expect(await source.get()).toEqual(failed(AWAY));
  });

  it("mints again after a failure", async () => {
    const { world, source } = tokens();
    world.isAway = true;
    expect(await source.get()).toEqual(failed(AWAY));
    world.isAway = false;
    expect(await source.get()).toEqual(success("t2"));
  });

  it("never returns a dropped token, and ignores the drop of an older one", async () => {
    const { world, source } = tokens();
    await source.get();
    source.drop("t1");
    expect(await source.get()).toEqual(success("t2"));
    source.drop("t1");
    expect(await source.get()).toEqual(success("t2"));
    expect(world.made()).toBe(2);
  });
});
