/** What a client answers to messages for a call that it holds no more. */
import { describe, expect, it } from "vitest";
import { Call } from "../../../src/client/peer/call.ts";
import { uuid, uuidBytes } from "../../support/frames.ts";
import { FakeRtc } from "../support/fake-rtc.ts";
import { HandClock } from "../support/hand-clock.ts";
import { connected } from "../support/harness.ts";

const MESSAGE = { kind: "candidate", candidate: {}, from: "theirs", to: "gone" };

async function client() {
  const world = await connected();
  /** The data of what the client sends when this message arrives. */
  const answers = async (peer: object): Promise<unknown[]> => {
    const before = world.socket.signals.length;
    const payload = { source_client_id: "bob", target_client_id: "alice", signal_data: { peer } };
    world.socket.sendFrame("SIGNAL_OFFER", payload);
    await world.hub.clock.turn();
    return world.socket.signals.slice(before).map(({ payload: sent }) => sent);
  };
  return { ...world, answers };
}

describe("a client", () => {
  it.each([
    ["hello", { ...MESSAGE, kind: "hello" }],
    ["offer", { ...MESSAGE, kind: "offer", sdp: "v=0", number: 1 }],
    ["candidate", MESSAGE],
    ["kind that it does not know", { ...MESSAGE, kind: "later" }],
  ])("answers a %s for a call that nobody holds with a bye in its name", async (_, peer) => {
    const { answers } = await client();
    expect(await answers(peer)).toEqual([
      {
        target_client_id: "bob",
        signal_data: { peer: { from: "gone", to: "theirs", kind: "bye" } },
      },
    ]);
  });

  it.each([
    ["a bye", { ...MESSAGE, kind: "bye" }],
    ["a call that knows no other yet", { ...MESSAGE, kind: "hello", to: null }],
    ["what is no message of a peer", { to: "gone" }],
    ["a call whose id is too long", { ...MESSAGE, to: "x".repeat(129) }],
    ["the second part of a message", { ...MESSAGE, kind: "part", part: 2, parts: 2 }],
  ])("answers nothing to %s", async (_, peer) => {
    const { answers } = await client();
    expect(await answers(peer)).toEqual([]);
  });

  it("answers who floods it four times a second, so that its own signals keep their place at the hub", async () => {
    const { answers, hub } = await client();
    let count = 0;
    for (let n = 0; n < 50; n += 1) count += (await answers({ ...MESSAGE, to: `gone${n}` })).length;
    expect(count).toBe(4);
    await hub.clock.advance(1_000);
    expect(await answers(MESSAGE)).toHaveLength(1);
  });

  it("leaves messages of a client with which it has a call to that call", async () => {
    const { client: alice, hub, answers } = await client();
    const ports = { clock: new HandClock(), uuid: () => uuidBytes(uuid(1)) };
    const call = new Call(alice, "bob", { RTCPeerConnection: FakeRtc }, ports);
    await answers({ ...MESSAGE, kind: "hello", to: null });
    expect(await answers(MESSAGE)).toEqual([]);
    call.close();
    await hub.clock.turn();
    expect(await answers(MESSAGE)).toHaveLength(1);
  });
});
