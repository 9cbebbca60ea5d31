/** What the hub does with signals between connected clients, and with signals that it does not deliver. */
import { expect, it } from "vitest";
import { binary, concat, frame, NIL, rawFrame, uuid } from "../support/frames.ts";
import {
  connect,
  error,
  errorCodeOf,
  expectAnswers,
  expectNothing,
  SIGNAL_STYLES,
  signalTo,
} from "./steps.ts";
import type { Hubs } from "../../src/hub/placement.ts";
import { areMates, type World } from "./world.ts";

export function signallingBehaviour(world: () => World, hubs: Hubs): void {
  it.each(["SIGNAL_OFFER", "SIGNAL_ANSWER", "SIGNAL_ICE_CANDIDATE"] as const)(
    "[SI1] [SI2] [SI5] [MT1] delivers %s in JSON, stamped with its source",
    async (type) => {
      const alice = await connect(world(), "alice");
      const bob = await connect(world(), "bob");
      const payload = {
        target_client_id: "bob",
        signal_data: { sdp: "v=0\r\n" },
        extra: [1, null],
      };
      await alice.send(frame(type, payload, uuid(7)));
      const stamped = { source_client_id: "alice", ...payload };
      expect(await bob.next()).toEqual({ type, uuid: uuid(7), payload: stamped });
      await expectNothing(alice);
    },
  );

  it("[SI3] [SI5] delivers TEXT with the source in the target's place, and keeps every colon of the data", async () => {
    const alice = await connect(world(), "alice");
    const bob = await connect(world(), "bob");
    await alice.send(frame("SIGNAL_OFFER", "bob:a=candidate:1 1 UDP: x", uuid(7)));
    expect(await bob.next()).toEqual({
      type: "SIGNAL_OFFER",
      uuid: uuid(7),
      payload: "alice:a=candidate:1 1 UDP: x",
    });
  });

  it("[SI4] [SI5] delivers BINARY with the source in the target's place", async () => {
    const alice = await connect(world(), "alice");
    const bob = await connect(world(), "bob");
    const bytes = Uint8Array.of(0, 0xff, 0xaa, 0x3a);
    await alice.send(frame("SIGNAL_ICE_CANDIDATE", binary(["bob"], bytes), uuid(7)));
    expect(await bob.next()).toEqual({
      type: "SIGNAL_ICE_CANDIDATE",
      uuid: uuid(7),
      payload: binary(["alice"], bytes),
    });
  });

  it.each([
    '"source_client_id":"mallory"',
    '"\\u0073ource_client_id":"mallory"',
    '"source_client_id":"m1","source_client_id":"m2"',
    '"__proto__":{"source_client_id":"mallory"}',
  ])("[SI2] names only the authenticated source, whatever the sender wrote: %s", async (forged) => {
    const alice = await connect(world(), "alice");
    const bob = await connect(world(), "bob");
    const payload = new TextEncoder().encode(
      ` {${forged}, "target_client_id":"bob","signal_data":1}`,
    );
    await alice.send(rawFrame({ messageType: 0x10, payloadType: 0x02 }, payload));
    const received = await bob.next();
    expect(received).toMatchObject({ payload: { source_client_id: "alice", signal_data: 1 } });
  });

  it("[PT1] accepts every payload type on one connection, even within one message", async () => {
    const alice = await connect(world(), "alice");
    const bob = await connect(world(), "bob");
    const signals = SIGNAL_STYLES.map(({ signal }, n) => signal("bob", uuid(n + 1)));
    await alice.send(concat(...signals));
    const payloads = [{ source_client_id: "alice" }, "alice:v=0", expect.any(Uint8Array)];
    for (const [n, payload] of payloads.entries()) {
      expect(await bob.next()).toMatchObject({ uuid: uuid(n + 1), payload });
    }
  });

  it("[SI1] lets a client signal itself", async () => {
    const alice = await connect(world(), "alice");
    await expectAnswers(alice, signalTo("alice", 1), [{ payload: { source_client_id: "alice" } }]);
  });

  it.each(SIGNAL_STYLES)(
    "[SI6] [ER1] [ER2] answers 404 ($style) when the target is not connected",
    async ({ signal }) => {
      const alice = await connect(world(), "alice");
      await alice.send(signal("nobody", uuid(8)));
      const refused = await alice.next();
      expect(errorCodeOf(refused)).toBe(404);
      expect(refused).toMatchObject({ uuid: uuid(8) });
    },
  );

  it("[SI6] [ER1] names the target in the ERROR", async () => {
    const alice = await connect(world(), "alice");
    await expectAnswers(alice, signalTo("nobody", 1), [
      error(404, uuid(1), { error_message: "Target client not found", target_client_id: "nobody" }),
    ]);
  });

  it("[SI6] answers 404 once the target has closed", async () => {
    const alice = await connect(world(), "alice");
    const bob = await connect(world(), "bob");
    await expectAnswers(alice, signalTo("bob", 1), []);
    await bob.next();
    await bob.close(1000);
    await expectAnswers(alice, signalTo("bob", 2, uuid(2)), [error(404, uuid(2))]);
  });

  it.each(SIGNAL_STYLES)(
    "[SI7] answers 403 ($style) for a target that the token does not allow, connected or not",
    async ({ signal }) => {
      const alice = await connect(world(), "alice", { targets: ["room-*", "carol"] });
      const bob = await connect(world(), "bob");
      for (const target of ["bob", "nobody"]) {
        await alice.send(signal(target));
        expect(errorCodeOf(await alice.next())).toBe(403);
      }
      await expectNothing(bob);
    },
  );

  it("[SI7] allows the targets that the token names, whether the upgrade or CONNECT presented the token", async () => {
    const options = { targets: ["room-*", "carol"] };
    const alice = await connect(world(), "alice", options);
    const room = await connect(world(), "room-7");
    const dave = await world().openAs("dave", options);
    await expectAnswers(dave, frame("CONNECT", { client_id: "dave" }), [{ type: "CONNECT_ACK" }]);
    await alice.send(signalTo("room-7", 1));
    expect(await room.next()).toMatchObject({ payload: { source_client_id: "alice" } });
    await expectAnswers(dave, signalTo("bob", 1), [
      error(403, uuid(1), { target_client_id: "bob" }),
    ]);
  });

  it("[SI8] answers 413 when the stamp makes the signal too large, and delivers the largest that fits", async () => {
    const alice = await connect(world(), "alice");
    const bob = await connect(world(), "bob");
    const fits = binary(["bob"], new Uint8Array(65_535 - 1 - "alice".length));
    await expectAnswers(alice, frame("SIGNAL_OFFER", concat(fits, Uint8Array.of(0))), [
      error(413, uuid(1), { target_client_id: "bob" }),
    ]);
    await alice.send(frame("SIGNAL_OFFER", fits, uuid(2)));
    expect(await bob.next()).toMatchObject({ uuid: uuid(2) });
  });

  it("[SI8] answers 413 in JSON too", async () => {
    const alice = await connect(world(), "alice");
    const empty = JSON.stringify({ target_client_id: "alice", signal_data: "" }).length;
    await expectAnswers(alice, signalTo("alice", "x".repeat(65_535 - empty)), [error(413)]);
    await expectAnswers(alice, frame("SIGNAL_OFFER", `alice:${"x".repeat(65_535 - 6)}`), [
      { type: "SIGNAL_OFFER" },
    ]);
  });

  it("[SI9] keeps the order of signals, in one message and over several", async () => {
    const alice = await connect(world(), "alice");
    const bob = await connect(world(), "bob");
    const signals = Array.from({ length: 12 }, (_, n) => signalTo("bob", n, uuid(n)));
    await alice.send(concat(...signals.slice(0, 5)));
    for (const signal of signals.slice(5)) await alice.send(signal);
    for (let n = 0; n < 12; n += 1)
      expect(await bob.next()).toMatchObject({ payload: { signal_data: n } });
  });

  it("[ID2] refuses TEXT from a client whose id holds a colon, and routes its JSON", async () => {
    const alice = await connect(world(), "bob:alice");
    const carol = await connect(world(), "carol");
    await alice.send(frame("SIGNAL_OFFER", "carol:x"));
    expect(errorCodeOf(await alice.next())).toBe(400);
    await alice.send(signalTo("carol", 1));
    expect(await carol.next()).toMatchObject({ payload: { source_client_id: "bob:alice" } });
  });

  it.each([
    { rule: "ID2", source: "a:b", signal: frame("SIGNAL_OFFER", "nobody:x") },
    {
      rule: "ID3",
      source: "é".repeat(128),
      signal: frame("SIGNAL_OFFER", binary(["nobody"])),
    },
    {
      rule: "SI8",
      source: "somebody",
      signal: frame("SIGNAL_OFFER", `nobody:${"x".repeat(65_535 - 7)}`),
    },
  ])(
    "[SI6] [SI7] [SI11] [$rule] looks at the token first, and at the target next if it is a client of the same hub",
    async ({ source, signal, rule }) => {
      const limited = await connect(world(), source, { targets: ["carol"] });
      await limited.send(signal);
      expect(errorCodeOf(await limited.next())).toBe(403);
      const peer = await connect(world(), source);
      await peer.send(signal);
      const fault = rule === "SI8" ? 413 : 400;
      expect(errorCodeOf(await peer.next())).toBe(areMates(source, "nobody", hubs) ? 404 : fault);
    },
  );

  it("[FR1] [ER2] takes any uuid, also the nil one and one that was there before", async () => {
    const alice = await connect(world(), "alice");
    const bob = await connect(world(), "bob");
    for (const id of [NIL, uuid(3), uuid(3)]) {
      await expectAnswers(alice, signalTo("nobody", 1, id), [error(404, id)]);
      await alice.send(signalTo("bob", 1, id));
      expect(await bob.next()).toMatchObject({ type: "SIGNAL_OFFER", uuid: id });
    }
  });

  it("[ID3] refuses BINARY from a client whose id exceeds 255 bytes", async () => {
    const id = "é".repeat(128);
    const alice = await connect(world(), id);
    await connect(world(), "bob");
    await expectAnswers(alice, frame("SIGNAL_OFFER", binary(["bob"])), [error(400)]);
  });

  it.each([
    {
      style: "JSON",
      payload: { target_client_id: "bob", signal_data: 1 },
      ack: { status: "delivered", target_client_id: "bob" },
    },
    { style: "TEXT", payload: "bob:1", ack: "delivered:bob" },
    {
      style: "BINARY",
      payload: binary(["bob"]),
      ack: { status: "delivered", target_client_id: "bob" },
    },
  ])(
    "[SI10] [PT6] acknowledges a delivered signal ($style), once, to a client that asked for it",
    async ({ payload, ack }) => {
      const alice = await world().openAs("alice");
      const hello = frame("CONNECT", { client_id: "alice", capabilities: ["ack"] });
      await expectAnswers(alice, hello, [{ type: "CONNECT_ACK" }]);
      const bob = await connect(world(), "bob");
      await alice.send(frame("SIGNAL_ANSWER", payload, uuid(7)));
      expect(await alice.next()).toEqual({ type: "SIGNAL_ACK", uuid: uuid(7), payload: ack });
      expect(await bob.next()).toMatchObject({ type: "SIGNAL_ANSWER", uuid: uuid(7) });
      await expectNothing(alice);
      await expectNothing(bob);
    },
  );

  it("[SI10] answers a signal that is not delivered with its ERROR and nothing else", async () => {
    const alice = await world().openAs("alice", { targets: ["bob"] });
    const hello = frame("CONNECT", { client_id: "alice", capabilities: ["ack"] });
    await expectAnswers(alice, hello, [{ type: "CONNECT_ACK" }]);
    await expectAnswers(alice, signalTo("bob", 1, uuid(2)), [error(404, uuid(2))]);
    await expectAnswers(alice, signalTo("carol", 1, uuid(3)), [error(403, uuid(3))]);
    await expectNothing(alice);
  });
}
