/** The verifier of API keys, and how a pair of the configuration is split. */
import { timingSafeEqual } from "node:crypto";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { apiKeyVerifier, parseApiKey } from "../../../src/auth/verifiers/api-keys.ts";
import { success } from "../../../src/protocol/result.ts";
import { clientId } from "../../support/client-ids.ts";

// The real functions, spied on.
vi.mock("node:crypto", { spy: true });
const compare = vi.mocked(timingSafeEqual);

const NOW_MS = 1_790_000_000_000;

const verify = apiKeyVerifier([
  { clientId: clientId("alice"), token: "token-a" },
  { clientId: clientId("alice"), token: "token-a2" },
  { clientId: clientId("bob"), token: "token-b" },
  { clientId: clientId("org:zoë"), token: "clé 🦊" },
]);

function present(id: string | null, token: string) {
  return verify({ clientId: id === null ? null : clientId(id), token }, NOW_MS);
}

describe("the verifier of API keys", () => {
  it("[CO1] grants a key's client every target, without an end", () => {
    expect(present("alice", "token-a")).toEqual(
      success({ clientId: "alice", targets: null, expiresAtMs: null }),
    );
  });

  it.each([
    ["one of several keys of a client", "alice", "token-a2", "alice"],
    ["a key beyond ASCII", "org:zoë", "clé 🦊", "org:zoë"],
    ["a token without a client id", null, "token-b", "bob"],
  ])("[CO1] [UP2] accepts %s: %s %s is %s", (_, id, token, client) => {
    expect(present(id, token)).toMatchObject({ ok: true, value: { clientId: client } });
  });

  it.each([
    ["a wrong token", "alice", "token-x"],
    ["another client's token", "alice", "token-b"],
    ["a token without its end", "alice", "token-"],
    ["a longer token", "alice", "token-a "],
    ["a token in another case", "alice", "TOKEN-A"],
    ["an empty token", "alice", ""],
    ["the whole pair as the token", "alice", "alice:token-a"],
    ["a client that has no key", "mallory", "token-a"],
    ["a wrong token without a client id", null, "token-x"],
    ["a lone surrogate", null, "\ud83e"],
  ])("[CO5] leaves %s to the next verifier: %s %s", (_, id, token) => {
    expect(present(id, token)).toBeNull();
  });

  it("[CO5] accepts nothing where no key is configured", () => {
    expect(apiKeyVerifier([])({ clientId: clientId("alice"), token: "" }, NOW_MS)).toBeNull();
  });
});

describe("a pair of the configuration", () => {
  it.each([
    ["alice:secret", "alice", "secret"],
    ["alice:a:b:", "alice", "a:b:"],
    ["zoë 🦊:clé", "zoë 🦊", "clé"],
    [`alice:${"t".repeat(4096)}`, "alice", "t".repeat(4096)],
    [`${"x".repeat(128)}:t`, "x".repeat(128), "t"],
  ])("is split at its first colon: %.20s", (pair, id, token) => {
    expect(parseApiKey(pair)).toEqual({ clientId: id, token });
  });

  it.each([
    "",
    ":",
    "alice",
    "alice:",
    ":secret",
    "al\nice:secret",
    `${"x".repeat(129)}:t`,
    `alice:${"t".repeat(4097)}`,
  ])("needs a client id and a token, which %.20j lacks", (pair) => {
    expect(parseApiKey(pair)).toBeNull();
  });
});

describe("the time that the verifier takes", () => {
  beforeEach(() => {
    compare.mockClear();
  });

  it.each([
    ["the first key", "alice", "token-a"],
    ["the last key", "org:zoë", "clé 🦊"],
    ["no key", "alice", "wrong"],
    ["a token of 4,096 characters", "alice", "x".repeat(4096)],
    ["no client id", null, "token-a"],
    ["an unknown client", "mallory", "token-a"],
  ])("[CO5] is that of comparing every key by digests of one length, with %s", (_, id, token) => {
    present(id, token);
    const lengths = compare.mock.calls.map(([a, b]) => [a.byteLength, b.byteLength]);
    expect(lengths).toEqual([
      [32, 32],
      [32, 32],
      [32, 32],
      [32, 32],
    ]);
  });
});
