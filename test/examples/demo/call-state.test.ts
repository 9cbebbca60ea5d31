/** What the demo shows for what it knows about its call: one line, and nothing that contradicts it. */
import { describe, expect, it } from "vitest";
import {
  isGone,
  isLive,
  learn,
  mustCallAgain,
  mustLookForTarget,
  newCall,
  viewOf,
  type CallFacts,
  type CallNews,
  type ConnectionState,
} from "../../../examples/demo/call-state.ts";
import { SignalError } from "../../../src/client/index.ts";

const ABSENT: CallNews = {
  kind: "fault",
  fault: new SignalError("target-absent", { target: "bob" }),
};
const TIMED_OUT: CallNews = {
  kind: "fault",
  fault: new SignalError("timed-out", { target: "bob" }),
};
const HUB_AWAY: CallNews = { kind: "hub", hub: "waiting" };
const LEFT: CallNews = { kind: "presence", presence: "left" };
const HERE: CallNews = { kind: "presence", presence: "here" };
const QUIET: CallNews = { kind: "quiet", isQuiet: true };
const CHAT: CallNews = { kind: "chat", isOpen: true };
const NO_CHAT: CallNews = { kind: "chat", isOpen: false };
const REPLACED: CallNews = { kind: "replaced" };

function rtc(connection: ConnectionState): CallNews {
  return { kind: "connection", connection };
}

/** The facts of a call to bob after this news. */
function after(...news: readonly CallNews[]): CallFacts {
  return news.reduce(learn, newCall("bob", "connected"));
}

const UP = [rtc("new"), rtc("connecting"), CHAT, rtc("connected")];
const GONE = "bob is gone. The call goes on if they come back.";
const NOTHING = "Nothing arrives from bob. Waiting …";
const ABSENT_LINE = "bob is not connected. It rings there as soon as they join.";

type Row = readonly [
  news: readonly CallNews[],
  tone: string,
  text: string,
  marks: readonly ("stale" | "chat" | "call again" | "looks" | "gone")[],
];

// One row per line.
// oxfmt-ignore
const ROWS: readonly Row[] = [
  // Before it is connected.
  [[], "busy", "Waiting for your devices …", []],
  [[rtc("new")], "busy", "Calling …", []],
  [[rtc("connecting")], "busy", "Connecting …", []],
  [[rtc("new"), ABSENT], "busy", ABSENT_LINE, ["looks"]],
  [[rtc("new"), ABSENT, TIMED_OUT], "busy", ABSENT_LINE, ["looks"]],
  [[rtc("new"), ABSENT, HERE], "busy", "Calling …", []],
  [[rtc("new"), HUB_AWAY], "busy", "The call begins when the hub is back.", []],
  [[rtc("new"), ABSENT, HUB_AWAY], "busy", "The call begins when the hub is back.", []],
  [[rtc("new"), TIMED_OUT], "bad", "The hub did not say whether bob got the call. Call again.", ["call again"]],
  [[rtc("connecting"), rtc("failed")], "bad", "No path to bob works.", ["call again"]],
  [[rtc("new"), LEFT], "bad", GONE, ["looks", "gone"]],
  // While it is connected.
  [UP, "good", "Connected", ["chat"]],
  [[rtc("connected")], "good", "Connected", []],
  [[...UP, HUB_AWAY], "good", "Connected, while the hub is away", ["chat"]],
  [[...UP, ABSENT], "good", "Connected", ["chat"]],
  [[TIMED_OUT, ...UP], "good", "Connected", ["chat"]],
  [[ABSENT, ...UP], "good", "Connected", ["chat"]],
  // After it was connected.
  [[...UP, LEFT], "bad", GONE, ["stale", "looks", "gone"]],
  [[...UP, LEFT, ABSENT], "bad", GONE, ["stale", "looks", "gone"]],
  [[...UP, LEFT, rtc("connected")], "bad", GONE, ["stale", "looks", "gone"]],
  [[...UP, QUIET], "busy", NOTHING, ["stale", "looks"]],
  [[...UP, NO_CHAT], "busy", NOTHING, ["stale", "looks"]],
  [[...UP, rtc("disconnected")], "busy", NOTHING, ["stale", "looks"]],
  [[...UP, rtc("disconnected"), ABSENT], "bad", GONE, ["stale", "looks", "gone"]],
  [[...UP, rtc("failed")], "bad", "The path to bob broke. Looking for another …", ["stale", "call again", "looks"]],
  [[...UP, rtc("failed"), ABSENT], "bad", GONE, ["stale", "looks", "gone"]],
  [[...UP, rtc("failed"), TIMED_OUT], "bad", "The hub did not say whether bob got the call. Call again.", ["stale", "call again", "looks"]],
  [[...UP, rtc("failed"), HUB_AWAY], "bad", "The call and the hub are interrupted. Trying again …", ["stale"]],
  [[...UP, rtc("failed"), rtc("connecting")], "busy", "Connecting again …", ["stale", "looks"]],
  [[...UP, LEFT, REPLACED], "busy", "Connecting again …", ["stale", "looks"]],
  [[...UP, rtc("failed"), rtc("connected")], "good", "Connected", ["chat"]],
  [[...UP, QUIET, { kind: "quiet", isQuiet: false }], "good", "Connected", ["chat"]],
  [[...UP, LEFT, REPLACED, rtc("new"), NO_CHAT, rtc("connected")], "good", "Connected", []],
];

describe("the call's line", () => {
  it.each(ROWS)("after %j is %s: %s", (news, tone, text, marks) => {
    const facts = after(...news);
    const view = viewOf(facts);
    expect([view.tone, view.text]).toEqual([tone, text]);
    expect({
      stale: view.isStale,
      chat: view.canChat,
      "call again": view.offersCallAgain,
      looks: mustLookForTarget(facts),
      gone: isGone(facts),
    }).toEqual({
      stale: marks.includes("stale"),
      chat: marks.includes("chat"),
      "call again": marks.includes("call again"),
      looks: marks.includes("looks"),
      gone: marks.includes("gone"),
    });
  });

  it("agrees with the picture, the chat and the search, whatever the page knows", () => {
    for (const facts of everything()) {
      const { text, tone, isStale, canChat } = viewOf(facts);
      const isLineUp = text.startsWith("Connected");
      expect([tone === "good", isLive(facts)], text).toEqual([isLineUp, isLineUp]);
      expect(isStale && isLineUp, text).toBe(false);
      expect(canChat, text).toBe(isLineUp && facts.chat === "open");
      expect(mustLookForTarget(facts) && isLineUp, text).toBe(false);
      if (isGone(facts)) expect(text).toBe(GONE);
      // Nobody is called who is said to be absent, and nobody is absent who is connected.
      if (text === ABSENT_LINE) expect(mustLookForTarget(facts) && mustCallAgain(facts)).toBe(true);
    }
  });
});

function* everything(): Generator<CallFacts> {
  const connections = [
    "asking",
    "new",
    "connecting",
    "connected",
    "disconnected",
    "failed",
    "closed",
  ] as const;
  for (const connection of connections)
    for (const wasConnected of connection === "connected" ? [true] : [true, false])
      for (const isQuiet of [true, false])
        for (const chat of ["closed", "open", "lost"] as const)
          for (const presence of ["unknown", "here", "absent", "left"] as const)
            for (const hub of ["connecting", "connected", "waiting", "closed"] as const)
              for (const fault of [null, new SignalError("timed-out")])
                yield {
                  target: "bob",
                  connection,
                  wasConnected,
                  isQuiet,
                  chat,
                  presence,
                  hub,
                  fault,
                };
}
