/** The layout of attachments, together with its version: code of one version wakes to attachments of another. */
import { describe, expect, it } from "vitest";
import type { Connection } from "../../../src/hub/connection.ts";
import { fromAttachment, toAttachment } from "../../../src/worker/hub/attachment.ts";
import { clientId } from "../../support/client-ids.ts";

const CHANGED =
  "The layout of attachments has changed: raise VERSION in src/worker/attachment.ts, and write the new layout, with its version, here";

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

/** One row a state: the connection, what is kept of it, and what it is after the hub has slept. */
const LAYOUTS: readonly (readonly [kept: readonly unknown[], from: Connection, to: Connection])[] =
  [
    [[3, "greeting", "s-1", 11, 12, 13, 14, grant, "alice", 2], greeting, greeting],
    [
      [3, "greeting", "s-1", 11, 12, 13, 14, null, "alice", 2],
      {
        ...greeting,
        state: "authenticating",
        grant: null,
        waiting: [{ kind: "text" }],
        waitingBytes: 21,
      },
      { ...greeting, grant: null },
    ],
    [
      [
        3,
        "connected",
        "s-1",
        11,
        12,
        13,
        '{"clientId":"alice","connectedAtMs":15,"capabilities":["ack"],"targets":["bob","room-*"],"expiresAtMs":1700000000000}',
        16,
        17,
      ],
      connected,
      connected,
    ],
    [[3, "closed", "s-1"], { state: "closed", id: "s-1" }, { state: "closed", id: "s-1" }],
  ];

describe("[SE4] the attachment", () => {
  it.each(LAYOUTS.map(([kept, from, to]) => ({ state: from.state, kept, from, to })))(
    "of a socket that is $state has this layout in this version, and is read back",
    ({ kept, from, to }) => {
      expect(toAttachment(from), CHANGED).toEqual(kept);
      expect(fromAttachment(structuredClone(kept)), CHANGED).toEqual(to);
    },
  );

  it.each([
    { what: "an older version", attachment: [2, "closed", "s-1"] },
    { what: "a newer version", attachment: [4, "closed", "s-1"] },
    { what: "the form of objects", attachment: { version: 2, state: "closed" } },
    { what: "nothing", attachment: null },
  ])("of $what is nobody's", ({ attachment }) => {
    expect(fromAttachment(attachment)).toBe(null);
  });
});
