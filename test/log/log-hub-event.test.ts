/** What of the hub's events reaches the log: these fields, and nothing else. */
import { describe, expect, it } from "vitest";
import type { Session } from "../../src/hub/connection.ts";
import type { HubEvent } from "../../src/hub/ports.ts";
import { describeError, logHubEvent } from "../../src/log/log-hub-event.ts";
import type { LogEvent, LogFields } from "../../src/log/log.ts";
import { clientId } from "../support/client-ids.ts";

const session: Session = {
  clientId: clientId("alice"),
  connectedAtMs: 1000,
  capabilities: ["ack"],
  targets: ["a-target-*"],
  expiresAtMs: 99_999,
};

const ended = {
  event: "session.ended",
  sessionId: "s-1",
  clientId: clientId("alice"),
  reason: "closed",
  connectedAtMs: 1000,
  atMs: 4500,
} as const;

function logged(event: HubEvent): [LogEvent, LogFields][] {
  const lines: [LogEvent, LogFields][] = [];
  logHubEvent((name, fields) => void lines.push([name, fields]), event);
  return lines;
}

describe("an event of the hub", () => {
  it.each<[HubEvent, LogFields]>([
    [
      { event: "session.begun", sessionId: "s-1", session },
      { session_id: "s-1", client_id: "alice" },
    ],
    [
      { ...ended, messageCount: 7 },
      {
        session_id: "s-1",
        client_id: "alice",
        reason: "closed",
        duration_ms: 3500,
        message_count: 7,
      },
    ],
    [
      { ...ended, reason: "lost", messageCount: null },
      {
        session_id: "s-1",
        client_id: "alice",
        reason: "lost",
        duration_ms: 3500,
        message_count: null,
      },
    ],
    [
      { event: "frame.refused", sessionId: "s-1", code: 404, fault: "signal.absent" },
      { session_id: "s-1", error_code: 404, fault: "signal.absent" },
    ],
    [
      { event: "hub.failed", sessionId: "s-1", error: new TypeError("x is not a function") },
      { session_id: "s-1", error: "TypeError: x is not a function" },
    ],
  ])("[SE6] $event is one line with these fields", (event, fields) => {
    expect(logged(event)).toEqual([[event.event, fields]]);
  });
});

describe("an error", () => {
  it("[ER4] is described by name and message, without its stack and cause", () => {
    const error = new RangeError("too deep", { cause: new Error("a cause") });
    expect(describeError(error)).toBe("RangeError: too deep");
  });

  it.each([["a text"], [{ message: "s3cr3t" }], [null], [undefined], [7]])(
    "[ER4] that is none, %j, is not quoted",
    (thrown) => {
      expect(describeError(thrown)).toBe("not an Error");
    },
  );
});
