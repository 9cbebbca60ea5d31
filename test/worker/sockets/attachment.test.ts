/** The layout of attachments, with its version: after a deploy the code finds attachments of the previous version. */
import { describe, expect, it } from "vitest";
import type { Connection } from "../../../src/hub/connection.ts";
import {
  fromAttachment,
  toAttachment,
  type Attachment,
} from "../../../src/worker/sockets/attachment.ts";
import { framesWire } from "../../../src/wires/frames.ts";
import { clientId } from "../../support/client-ids.ts";

const CHANGED =
  "The layout of attachments has changed: raise VERSION in src/worker/sockets/attachment.ts, keep reading the previous version, and write both layouts here";

const alice = clientId("alice");
const grant = { clientId: alice, targets: ["bob", "room-*"], expiresAtMs: 1_700_000_000_000 };

const awaiting: Connection = {
  state: "awaiting-connect",
  socketId: "k-1",
  bucket: { fullAtMs: 11, refused: 12 },
  lostFramings: 13,
  connectByMs: 14,
  grant,
  expectedClientId: alice,
  failures: 2,
};

const session = {
  id: "s-1",
  clientId: alice,
  connectedAtMs: 15,
  capabilities: ["ack"],
  targets: grant.targets,
  expiresAtMs: grant.expiresAtMs,
} as const;

const connected: Connection = {
  state: "connected",
  socketId: "k-1",
  bucket: { fullAtMs: 11, refused: 12 },
  lostFramings: 13,
  session,
  lastActivityMs: 16,
  frameCount: 17,
};

const closed: Connection = { state: "closed", socketId: "k-1" };

/** Numbers of eight bytes each, and then UTF-8. */
function asBuffer(numbers: readonly number[], text: string): ArrayBuffer {
  const bytes = [new Uint8Array(Float64Array.from(numbers).buffer), new TextEncoder().encode(text)];
  return Uint8Array.from(bytes.flatMap((part) => [...part])).buffer;
}

/** `toEqual` does not compare the bytes of an ArrayBuffer. */
function readable(attachment: Attachment): unknown {
  return attachment instanceof ArrayBuffer ? new Uint8Array(attachment) : attachment;
}

const FIELDS = '"alice",15,["ack"],["bob","room-*"],1700000000000';

/** For each state: the connection, its attachment, and the connection after the hub has slept. */
const LAYOUTS: readonly (readonly [kept: Attachment, from: Connection, to: Connection])[] = [
  [[7, "awaiting-connect", "k-1", 11, 12, 13, 14, grant, alice, 2], awaiting, awaiting],
  [
    [7, "awaiting-connect", "k-1", 11, 12, 13, 14, null, alice, 2],
    {
      ...awaiting,
      state: "authenticating",
      grant: null,
      waiting: [framesWire.read("text", 0)],
      waitingBytes: 21,
      framesBehind: 0,
    },
    { ...awaiting, grant: null },
  ],
  [asBuffer([7, 11, 12, 13, 16, 17], `["k-1","s-1",${FIELDS}]`), connected, connected],
  [[7, "closed", "k-1"], closed, closed],
];

/** Version 6, of commit a5413e9: a socket's id was its session's id. */
const LAYOUTS_BEFORE: readonly (readonly [kept: unknown, to: Connection])[] = [
  [[6, "greeting", "k-1", 11, 12, 13, 14, grant, alice, 2], awaiting],
  [
    asBuffer([6, 11, 12, 13, 16, 17], `["s-1",${FIELDS}]`),
    { ...connected, socketId: "s-1", session: { ...session, id: "s-1" } },
  ],
  [[6, "closed", "k-1"], closed],
];

describe("[SE4] the attachment of a socket", () => {
  it.each(LAYOUTS.map(([kept, from, to]) => ({ state: from.state, kept, from, to })))(
    "that is $state has this layout in this version, and reads back",
    ({ kept, from, to }) => {
      expect(readable(toAttachment(from)), CHANGED).toEqual(readable(kept));
      expect(fromAttachment(structuredClone(kept)), CHANGED).toEqual(to);
    },
  );

  it.each(LAYOUTS_BEFORE.map(([kept, to]) => ({ state: to.state, kept, to })))(
    "that is $state is read in the layout of the previous version, and written in today's",
    ({ kept, to }) => {
      const read = fromAttachment(structuredClone(kept));
      expect(read).toEqual(to);
      const written = read && toAttachment(read);
      expect(fromAttachment(structuredClone(written))).toEqual(to);
      const version = written instanceof ArrayBuffer ? new Float64Array(written, 0, 1) : written;
      expect(version?.[0]).toBe(7);
    },
  );

  it.each([
    { what: "a version two before this one", attachment: [5, "closed", "s-1"] },
    { what: "a newer version", attachment: [8, "closed", "s-1"] },
    { what: "the early form of objects", attachment: { version: 2, state: "closed" } },
    { what: "a session two versions old", attachment: asBuffer([5, 0, 0, 0, 0, 0], "[]") },
    { what: "a session in the early form of views", attachment: new Uint8Array(48) },
    { what: "a buffer that is too short", attachment: new ArrayBuffer(47) },
    { what: "nothing", attachment: null },
  ])("that holds $what is not read", ({ attachment }) => {
    expect(fromAttachment(attachment)).toBe(null);
  });

  it("with a session reuses the bytes of the previous attachment, whether that was made or read", () => {
    const woken = fromAttachment(structuredClone(toAttachment(connected)));
    if (woken?.state !== "connected") throw new Error("no session");
    const later = { ...woken, lastActivityMs: 99, frameCount: 18 };
    expect(fromAttachment(structuredClone(toAttachment(later)))).toEqual({
      ...connected,
      lastActivityMs: 99,
      frameCount: 18,
    });
    expect(toAttachment(later)).toBe(toAttachment(woken));
  });
});
