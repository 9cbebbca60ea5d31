/** Which field an error marks, what the hub's pill says, and what a signal tells about its source. */
import { describe, expect, it } from "vitest";
import { joinFaultOf, targetFaultOf } from "../../../examples/demo/field-faults.ts";
import { readPresence } from "../../../examples/demo/presence.ts";
import { isQuiet, listen, SILENT_LINE } from "../../../examples/demo/quiet-line.ts";
import { hubWords } from "../../../examples/demo/words.ts";
import { SignalClient, SignalError } from "../../../src/client/index.ts";

describe("an error of joining", () => {
  it.each([
    ["unauthenticated", "token"],
    ["connect-refused", "id"],
    ["replaced", undefined],
    ["unreachable", undefined],
  ] as const)("%s marks the field %s", (code, field) => {
    expect(joinFaultOf(new SignalError(code), "alice")?.field).toBe(field);
  });

  it.each([
    ["a\tb", "token", "id"],
    ["alice", "x".repeat(5000), "token"],
  ])("about the client id %j marks the field of the SDK's complaint", (clientId, token, field) => {
    const open = () => new SignalClient({ url: "ws://127.0.0.1/", clientId, token });
    expect(open).toThrow(SignalError);
    try {
      open();
    } catch (error) {
      expect(joinFaultOf(error as SignalError, clientId)?.field).toBe(field);
    }
  });
});

describe("the target", () => {
  it("is marked if it is the caller", () => {
    expect(targetFaultOf("alice", "alice")).toContain("your own client id");
    expect(targetFaultOf("bob", "alice")).toBeNull();
  });
});

describe("the pill of the hub", () => {
  it("says the same in every attempt of an outage", () => {
    const texts = (["connecting", "waiting"] as const).map(
      (state) => hubWords(state, "alice", "unreachable").text,
    );
    expect(new Set(texts)).toEqual(new Set(["The hub cannot be reached: trying again …"]));
  });

  it("does not say that a hub which answers cannot be reached", () => {
    expect(hubWords("waiting", "alice", "hub-unavailable").text).toContain("takes nobody");
    expect(hubWords("connecting", "alice", null).text).toBe("Connecting to the hub …");
  });
});

describe("a line", () => {
  it.each([
    ["that never sent", [0, 0, 0, 0], false],
    ["that sends", [5, 9, 12], false],
    ["that pauses for a second", [5, 9, 9], false],
    ["that stops", [5, 9, 9, 9], true],
    ["that sends again", [5, 9, 9, 9, 10], false],
  ])("%s is quiet: %s", (_what, packets, expected) => {
    expect(isQuiet(packets.reduce(listen, SILENT_LINE))).toBe(expected);
  });
});

describe("a signal's data", () => {
  it.each([
    [{ kind: "leaving" }, "left"],
    [{ peer: { kind: "hello" } }, "here"],
    [{ kind: "knock" }, null],
    [null, null],
    ["leaving", null],
  ])("%j tells that its source is %s", (data, presence) => {
    expect(readPresence(data)).toBe(presence);
  });
});
