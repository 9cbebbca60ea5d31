import { timingSafeEqual } from "node:crypto";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { apiKeyFinder } from "../../src/auth/api-keys.ts";
import { clientId } from "../support/client-ids.ts";

// The real functions, watched.
vi.mock("node:crypto", { spy: true });
const compare = vi.mocked(timingSafeEqual);

const find = apiKeyFinder([
  { clientId: clientId("alice"), token: "token-a" },
  { clientId: clientId("alice"), token: "token-a2" },
  { clientId: clientId("bob"), token: "token-b" },
  { clientId: clientId("org:zoë"), token: "clé 🦊" },
]);

function show(id: string | null, token: string) {
  return find({ clientId: id === null ? null : clientId(id), token })?.clientId ?? null;
}

describe("an API key", () => {
  it("[CO1] grants its client, everybody as target, for ever", () => {
    expect(find({ clientId: clientId("alice"), token: "token-a" })).toEqual({
      clientId: "alice",
      targets: null,
      expiresAtMs: null,
    });
  });

  it.each([
    ["a key of several of one client", "alice", "token-a2", "alice"],
    ["a key beyond ASCII", "org:zoë", "clé 🦊", "org:zoë"],
    ["the token alone, where nothing says who it is", null, "token-b", "bob"],
    ["a wrong token", "alice", "token-x", null],
    ["another client's token", "alice", "token-b", null],
    ["a cut token", "alice", "token-", null],
    ["a longer token", "alice", "token-a ", null],
    ["a token of other case", "alice", "TOKEN-A", null],
    ["an empty token", "alice", "", null],
    ["the whole pair", "alice", "alice:token-a", null],
    ["a client that has no key", "mallory", "token-a", null],
    ["a wrong token alone", null, "token-x", null],
    ["a lone surrogate", null, "\ud83e", null],
  ])("[CO1] [CO5] [UP2] is found by %s: %s %s is %s", (_, id, token, found) => {
    expect(show(id, token)).toBe(found);
  });

  it("[CO5] is never found where there are none", () => {
    expect(apiKeyFinder([])({ clientId: clientId("alice"), token: "" })).toBeNull();
  });
});

describe("the time it takes", () => {
  beforeEach(() => {
    compare.mockClear();
  });

  it.each([
    ["the first key", "alice", "token-a"],
    ["the last key", "org:zoë", "clé 🦊"],
    ["no key", "alice", "wrong"],
    ["a token of any length", "alice", "x".repeat(4096)],
    ["no client", null, "token-a"],
    ["an unknown client", "mallory", "token-a"],
  ])("[CO5] is that of comparing every key, by digests of one length: %s", (_, id, token) => {
    show(id, token);
    const lengths = compare.mock.calls.map(([a, b]) => [a.byteLength, b.byteLength]);
    expect(lengths).toEqual([
      [32, 32],
      [32, 32],
      [32, 32],
      [32, 32],
    ]);
  });
});
