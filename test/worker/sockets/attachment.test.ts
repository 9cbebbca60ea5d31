/** The layout of attachments, together with its version: code of one version wakes to attachments of another. */
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
  "The layout of attachments has changed: raise VERSION in src/worker/sockets/attachment.ts, and write the new layout, with its version, here";

const alice = clientId("alice");
const grant = { clientId: alice, targets: ["bob", "room-*"], expiresAtMs: 1_700_000_000_000 };

const greeting: Connection = {
  state: "greeting",
  id: "s-1",
  bucket: { fullAtMs: 11, refused: 12 },
  lostFramings: 13,
  connectByMs: 14,
  grant,
  expected: alice,
  failures: 2,
};

const session = {
  clientId: alice,
  connectedAtMs: 15,
  capabilities: ["ack"],
  targets: grant.targets,
  expiresAtMs: grant.expiresAtMs,
} as const;

const connected: Connection = {
  state: "connected",
  id: "s-1",
  bucket: { fullAtMs: 11, refused: 12 },
  lostFramings: 13,
  session,
  lastActivityMs: 16,
  messageCount: 17,
};

/** Numbers of eight bytes each, then UTF-8. */
function asBuffer(numbers: readonly number[], text: string): ArrayBuffer {
  const bytes = [new Uint8Array(Float64Array.from(numbers).buffer), new TextEncoder().encode(text)];
  return Uint8Array.from(bytes.flatMap((part) => [...part])).buffer;
}

/** `toEqual` does not look into a buffer. */
function readable(attachment: Attachment): unknown {
  return attachment instanceof ArrayBuffer ? new Uint8Array(attachment) : attachment;
}

/** One row a state: the connection, what is kept of it, and what it is after the hub has slept. */
const LAYOUTS: readonly (readonly [kept: Attachment, from: Connection, to: Connection])[] = [
  [[6, "greeting", "s-1", 11, 12, 13, 14, grant, alice, 2], greeting, greeting],
  [
    [6, "greeting", "s-1", 11, 12, 13, 14, null, alice, 2],
    {
      ...greeting,
      state: "authenticating",
      grant: null,
      waiting: [framesWire.read("waits", 0)],
      waitingBytes: 21,
      framesBehind: 0,
    },
    { ...greeting, grant: null },
  ],
  [
    asBuffer([6, 11, 12, 13, 16, 17], '["s-1","alice",15,["ack"],["bob","room-*"],1700000000000]'),
    connected,
    connected,
  ],
  [[6, "closed", "s-1"], { state: "closed", id: "s-1" }, { state: "closed", id: "s-1" }],
];

describe("[SE4] the attachment", () => {
  it.each(LAYOUTS.map(([kept, from, to]) => ({ state: from.state, kept, from, to })))(
    "of a socket that is $state has this layout in this version, and is read back",
    ({ kept, from, to }) => {
      expect(readable(toAttachment(from)), CHANGED).toEqual(readable(kept));
      expect(fromAttachment(structuredClone(kept)), CHANGED).toEqual(to);
    },
  );

  it.each([
    { what: "an older version", attachment: [5, "closed", "s-1"] },
    { what: "a newer version", attachment: [7, "closed", "s-1"] },
    { what: "the form of objects", attachment: { version: 2, state: "closed" } },
    { what: "a session of an older version", attachment: asBuffer([5, 0, 0, 0, 0, 0], "[]") },
    { what: "a session of the form of views", attachment: new Uint8Array(48) },
    { what: "a buffer that is too short", attachment: new ArrayBuffer(47) },
    { what: "nothing", attachment: null },
  ])("of $what is nobody's", ({ attachment }) => {
    expect(fromAttachment(attachment)).toBe(null);
  });

  it("of a session is written over the one before, whether it was made or read", () => {
    const woken = fromAttachment(structuredClone(toAttachment(connected)));
    if (woken?.state !== "connected") throw new Error("no session");
    const later = { ...woken, lastActivityMs: 99, messageCount: 18 };
    expect(fromAttachment(structuredClone(toAttachment(later)))).toEqual({
      ...connected,
      lastActivityMs: 99,
      messageCount: 18,
    });
    expect(toAttachment(later)).toBe(toAttachment(woken));
  });
});
