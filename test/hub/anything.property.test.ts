/** Whatever unknown clients send, and in whichever order: the hub does not fail, and other clients do not notice. */
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { MESSAGE_TYPES } from "../../src/protocol/messages/table.ts";
import { PlainWorld, type PlainPeer } from "../behaviour/plain-world.ts";
import { connect, signalTo } from "../behaviour/steps.ts";
import type { Peer } from "../behaviour/world.ts";
import { binary, concat, frame, rawFrame, uuid } from "../support/frames.ts";

/** The clients that send anything at all. */
const UNKNOWN_CLIENTS = ["mallory", "trudy", "oscar"];

/** Stands where the client's own token goes. */
const OWN_TOKEN = "(own token)";

const name = fc.oneof(
  fc.constantFrom(...UNKNOWN_CLIENTS, "alice", "bob", "nobody", "", "a:b"),
  fc.string(),
);
const token = fc.oneof(
  { weight: 3, arbitrary: fc.constant(OWN_TOKEN) },
  { weight: 1, arbitrary: fc.string() },
);
const someBytes = fc.uint8Array({ maxLength: 80 });

const fields = fc.record(
  {
    client_id: fc.oneof(name, fc.jsonValue()),
    auth_token: token,
    capabilities: fc.oneof(fc.subarray(["ack", "batch", "x"]), fc.jsonValue()),
    target_client_id: fc.oneof(name, fc.jsonValue()),
    source_client_id: name,
    signal_data: fc.jsonValue(),
    timestamp: fc.oneof(fc.double(), fc.jsonValue()),
    reason: fc.jsonValue(),
  },
  { requiredKeys: [] },
);

const payload = fc.oneof(
  { weight: 4, arbitrary: fields },
  { weight: 2, arbitrary: fc.tuple(name, token).map(([id, rest]) => `${id}:${rest}`) },
  {
    weight: 2,
    arbitrary: fc
      .array(fc.constantFrom(...UNKNOWN_CLIENTS, "alice"), { maxLength: 2 })
      .map((ids) => binary(ids)),
  },
  { weight: 1, arbitrary: fc.string() },
  { weight: 1, arbitrary: someBytes },
);

const payloadType = fc.oneof({ weight: 9, arbitrary: fc.nat(5) }, fc.nat(255));

/** Bytes near a payload, whichever payload type their frame claims. */
const nearPayload = fc.oneof(
  someBytes,
  fc.tuple(fields, fc.nat(60)).map(([value, end]) => encoded(JSON.stringify(value).slice(0, end))),
  fc.string().map(encoded),
);

const type = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.constantFrom(...Object.values(MESSAGE_TYPES).map(({ value }) => value)),
  },
  { weight: 1, arbitrary: fc.nat(255) },
);

/** Makes a part of a message, once it is known who sends it. */
type Piece = (own: Mine) => Uint8Array;

interface Mine {
  readonly id: string;
  readonly token: string;
}

const piece: fc.Arbitrary<Piece> = fc.oneof(
  {
    weight: 2,
    arbitrary: fc.constant<Piece>(({ id, token: auth_token }) =>
      frame("CONNECT", { client_id: id, auth_token, capabilities: ["ack", "batch"] }),
    ),
  },
  {
    weight: 6,
    arbitrary: fc.tuple(type, payload).map<Piece>(([messageType, value]) => (own) => {
      const spelled =
        value instanceof Uint8Array
          ? value
          : (JSON.parse(JSON.stringify(value).replaceAll(OWN_TOKEN, own.token)) as object | string);
      return frame(messageType, spelled);
    }),
  },
  {
    weight: 1,
    arbitrary: fc.tuple(type, payloadType, nearPayload).map<Piece>(
      ([messageType, of, bytes]) =>
        () =>
          rawFrame({ messageType, payloadType: of }, bytes),
    ),
  },
  { weight: 1, arbitrary: someBytes.map<Piece>((bytes) => () => bytes) },
);

const event = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      kind: fc.constant("message" as const),
      pieces: fc.array(piece, { maxLength: 5 }),
      /** How many bytes are cut off at the end. */
      cut: fc.oneof({ weight: 4, arbitrary: fc.constant(0) }, fc.nat(30)),
      isAwaited: fc.boolean(),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant("text" as const),
      text: fc.oneof(fc.constant("ping"), fc.string()),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constantFrom("close" as const, "open", "late") }) },
);

const history = fc.array(fc.tuple(fc.constantFrom(...UNKNOWN_CLIENTS), event), { maxLength: 30 });

type History = typeof history extends fc.Arbitrary<infer Value> ? Value : never;

/** Plays a history. Messages stay under way until the end unless they are awaited. */
async function live(world: PlainWorld, events: History): Promise<void> {
  const underWay: Promise<void>[] = [];
  const peers = new Map<string, PlainPeer>();
  for (const [id, happening] of events) {
    const peer = peers.get(id) ?? (await world.open(id));
    peers.set(id, peer);
    switch (happening.kind) {
      case "message": {
        const own = { id, token: await world.token(id) };
        const bytes = concat(...happening.pieces.map((of) => of(own)));
        const sent = peer.send(bytes.subarray(0, Math.max(0, bytes.length - happening.cut)));
        underWay.push(sent);
        if (happening.isAwaited) await sent;
        break;
      }
      case "text":
        await peer.send(happening.text);
        break;
      case "close":
        await peer.close(1000);
        peers.delete(id);
        break;
      case "open":
        peers.delete(id);
        break;
      case "late":
        await world.advance(500);
        break;
    }
  }
  await Promise.all(underWay);
}

function encoded(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

/** Skips whatever the unknown clients sent to the target. */
async function expectToArrive(from: Peer, to: Peer, target: string): Promise<void> {
  const id = uuid(0xfff);
  await from.send(signalTo(target, "are you there?", id));
  let received = await to.next();
  while (typeof received === "string" || received.uuid !== id) received = await to.next();
  expect(received).toMatchObject({ payload: { signal_data: "are you there?" } });
}

describe.each(
  ([1, 7, "per-client"] as const).flatMap((hubs) => [
    { name: `${hubs} hub(s) that stay awake`, hubs, evicts: false },
    { name: `${hubs} hub(s) that are evicted before every event`, hubs, evicts: true },
  ]),
)("$name", ({ hubs, evicts }) => {
  it("[ER3] [ER4] [SE2] survive whatever unknown clients send: nothing fails, and two other clients keep signalling", async () => {
    await fc.assert(
      fc.asyncProperty(history, async (events) => {
        const world = new PlainWorld({ evicts, hubs });
        const [alice, bob] = [await connect(world, "alice"), await connect(world, "bob")];
        await live(world, events);
        expect(world.failures).toEqual([]);
        await expectToArrive(alice, bob, "bob");
        await expectToArrive(bob, alice, "alice");
        const others = world.ended.filter(({ clientId }) => !UNKNOWN_CLIENTS.includes(clientId));
        expect(others).toEqual([]);
      }),
      { numRuns: 200 },
    );
  });
});
