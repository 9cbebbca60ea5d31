/** Which targets a grant allows. */
import { expect, it } from "vitest";
import { allowsTarget } from "../../src/auth/grant.ts";
import { clientId } from "../support/client-ids.ts";

it.each<[readonly string[] | null, string, boolean]>([
  [null, "bob", true],
  [[], "bob", false],
  [["bob"], "bob", true],
  [["bob"], "Bob", false],
  [["bob"], "bobby", false],
  [["bobby"], "bob", false],
  [["alice", "bob"], "bob", true],
  [["team-*"], "team-1", true],
  [["team-*"], "team-", true],
  [["team-*"], "team", false],
  [["team-*"], "my-team-1", false],
  [["*"], "bob", true],
  [["*"], "*", true],
  [["*b"], "bob", false],
  [["*b"], "*b", true],
  [["b*b"], "bob", false],
  [["*b"], "*c", false],
  [["b*b"], "b*b", true],
  [["b*b"], "b*c", false],
  [["b*b*"], "b*b-1", true],
  [["b*b*"], "bob-1", false],
  [["**"], "*bob", true],
  [["**"], "bob", false],
  [["b.b"], "bob", false],
  [["é*"], "e\u0301a", false],
  [["🦊*"], "🦊1", true],
  [[""], "bob", false],
])("[SI7] The targets %j allow a signal to %j: %s", (targets, target, isAllowed) => {
  expect(allowsTarget(targets, clientId(target))).toBe(isAllowed);
});
