/** The log lines of the hub's events: these fields, and no others. */
import { describe, expect, it } from "vitest";
import type { AdminEvent } from "../../src/admin/service.ts";
import type { Session } from "../../src/hub/connection.ts";
import type { HubEvent } from "../../src/hub/ports.ts";
import type { LogEvent, LogFields } from "../../src/log/log.ts";
import { logAdminEvent, logHubEvent } from "../../src/worker/observe.ts";
import { clientId } from "../support/client-ids.ts";

const session: Session = {
  id: "s-1",
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

describe("the log", () => {
  it.each<[HubEvent, LogFields]>([
    [
      { event: "session.begun", session },
      { session_id: "s-1", client_id: "alice" },
    ],
    [
      { ...ended, frameCount: 7 },
      {
        session_id: "s-1",
        client_id: "alice",
        reason: "closed",
        duration_ms: 3500,
        message_count: 7,
      },
    ],
    [
      { ...ended, reason: "lost", frameCount: null },
      {
        session_id: "s-1",
        client_id: "alice",
        reason: "lost",
        duration_ms: 3500,
        message_count: null,
      },
    ],
    [
      { event: "frame.refused", connectionId: "s-1", code: 404, fault: "signal.absent" },
      { connection_id: "s-1", error_code: 404, fault: "signal.absent" },
    ],
    [
      { event: "hub.failed", connectionId: null, error: new TypeError("x is not a function") },
      { connection_id: null, error: "TypeError: x is not a function" },
    ],
  ])("[SE6] has one line of $event, with these fields", (event, fields) => {
    expect(logged(event)).toEqual([[event.event, fields]]);
  });

  it("has no line of signal.undelivered, which is emitted as an event and refused as a frame", () => {
    const [source, target] = [clientId("alice"), clientId("bob")];
    const meta = { source, target, messageType: 0x10 };
    expect(logged({ event: "signal.undelivered", code: 404, ...meta })).toEqual([]);
  });
});

describe("the log of the admin API", () => {
  it.each<[AdminEvent, LogFields]>([
    [
      { event: "admin.acted", operation: "endSession", clientId: clientId("alice") },
      { operation: "endSession", client_id: "alice" },
    ],
    [{ event: "admin.refused" }, {}],
    [{ event: "admin.failed", error: new TypeError("broken") }, { error: "TypeError: broken" }],
  ])("has one line of $event, with these fields", (event, fields) => {
    const lines: [LogEvent, LogFields][] = [];
    logAdminEvent((name, line) => void lines.push([name, line]), event);
    expect(lines).toEqual([[event.event, fields]]);
  });
});
