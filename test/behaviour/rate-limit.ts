/** How many frames the hub accepts from one connection, and what it does with the others. */
import { expect, it } from "vitest";
import { concat, frame, NIL, rawFrame, uuid } from "../support/frames.ts";
import { connect, error, errorCodeOf, expectAnswers, expectNothing } from "./steps.ts";
import { FRAME_BURST, FRAMES_PER_SECOND, type World } from "./world.ts";

/** A CONNECT whose payload is no JSON. */
const MALFORMED = rawFrame(
  { messageType: 0x01, payloadType: 0x02 },
  new TextEncoder().encode("nonsense"),
);

export function rateLimitBehaviour(world: () => World): void {
  it("[RL1] answers a frame beyond the burst with 429 and when to try again, and handles frames again after that time", async () => {
    const alice = await connect(world(), "alice");
    // CONNECT was the first frame of the burst. The bucket has not refilled: in no world has the clock moved since.
    const beats = Array.from({ length: FRAME_BURST }, (_, n) =>
      frame("HEARTBEAT", {}, uuid(n + 1)),
    );
    await alice.send(concat(...beats));
    for (let n = 1; n < FRAME_BURST; n += 1)
      expect(await alice.next()).toMatchObject({ type: "HEARTBEAT_ACK" });
    expect(await alice.next()).toMatchObject(error(429, uuid(FRAME_BURST), { retry_after_ms: 10 }));
    await world().advance(10);
    await expectNothing(alice);
  });

  it("[RL2] closes a connection with 4429 when it has refused a whole burst of its frames", async () => {
    const alice = await connect(world(), "alice");
    const beats = Array.from({ length: 2 * FRAME_BURST }, (_, n) =>
      frame("HEARTBEAT", {}, uuid(n + 1)),
    );
    await alice.send(concat(...beats));
    for (let n = 1; n < FRAME_BURST; n += 1)
      expect(await alice.next()).toMatchObject({ type: "HEARTBEAT_ACK" });
    for (let n = 0; n <= FRAME_BURST; n += 1)
      expect(await alice.next()).toMatchObject(error(429, uuid(FRAME_BURST + n)));
    expect(await alice.closed).toBe(4429);
    expect(world().ended).toMatchObject([{ reason: "abuse" }]);
  });

  it("[RL2] forgets refusals when the bucket has been full again", async () => {
    const alice = await connect(world(), "alice");
    const beats = concat(
      ...Array.from({ length: FRAME_BURST + 150 }, () => frame("HEARTBEAT", {})),
    );
    for (let round = 0; round < 2; round += 1) {
      await alice.send(beats);
      for (let n = 0; n < FRAME_BURST + 150; n += 1) await alice.next();
      await world().advance((FRAME_BURST / FRAMES_PER_SECOND) * 1000);
    }
    await expectNothing(alice);
    expect(world().ended).toEqual([]);
  });

  it("[RL1] counts a piece of a message that is no frame as one frame", async () => {
    const alice = await connect(world(), "alice");
    const beats = Array.from({ length: FRAME_BURST - 2 }, () => frame("HEARTBEAT", {}));
    await alice.send(concat(...beats, Uint8Array.of(1)));
    for (const _ of beats) expect(await alice.next()).toMatchObject({ type: "HEARTBEAT_ACK" });
    expect(await alice.next()).toMatchObject(error(400, NIL));
    await expectAnswers(alice, frame("HEARTBEAT", {}, uuid(2)), [error(429, uuid(2))]);
  });

  it("[RL1] counts frames before CONNECT too", async () => {
    const peer = await world().open();
    await peer.send(concat(...Array.from({ length: FRAME_BURST + 1 }, () => MALFORMED)));
    for (let n = 0; n < FRAME_BURST; n += 1) expect(errorCodeOf(await peer.next())).toBe(400);
    expect(errorCodeOf(await peer.next())).toBe(429);
  });
}
