/** What the hub tells, as log lines. */
import type { HubEvent } from "../hub/ports.ts";
import type { Log } from "./log.ts";

export function logHubEvent(log: Log, hubEvent: HubEvent): void {
  // Told as an event of its own, and its ERROR as a line: a second line would say the same.
  if (hubEvent.event === "signal.undelivered") return;
  const session_id = hubEvent.sessionId;
  switch (hubEvent.event) {
    case "session.begun": {
      const { clientId } = hubEvent.session;
      return log("session.begun", { session_id, client_id: clientId });
    }
    case "session.ended": {
      const { clientId, reason, messageCount, atMs } = hubEvent;
      const duration_ms = atMs - hubEvent.connectedAtMs;
      const fields = {
        session_id,
        client_id: clientId,
        reason,
        duration_ms,
        message_count: messageCount,
      };
      return log("session.ended", fields);
    }
    case "frame.refused": {
      const { code, fault } = hubEvent;
      return log("frame.refused", { session_id, error_code: code, fault });
    }
    case "hub.failed":
      return log("hub.failed", { session_id, error: describeError(hubEvent.error) });
  }
}

/** Name and message, without the stack: our own exceptions quote no frame. */
export function describeError(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : "not an Error";
}
