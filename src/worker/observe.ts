/** What hubs and the admin API report of themselves, as log lines. `log.ts` itself knows neither. */
import type { AdminEvent } from "../admin/service.ts";
import type { HubEvent } from "../hub/ports.ts";
import { describeError, type Log } from "../log/log.ts";

export function logHubEvent(log: Log, hubEvent: HubEvent): void {
  // The Ledger emits an event for it, and its ERROR is a `frame.refused` line: another line would repeat both.
  if (hubEvent.event === "signal.undelivered") return;
  const session_id = hubEvent.sessionId;
  switch (hubEvent.event) {
    case "session.begun": {
      const { clientId } = hubEvent.session;
      return log("session.begun", { session_id, client_id: clientId });
    }
    case "session.ended": {
      const { clientId, reason, messageCount, connectedAtMs, atMs } = hubEvent;
      return log("session.ended", {
        session_id,
        client_id: clientId,
        reason,
        duration_ms: atMs - connectedAtMs,
        message_count: messageCount,
      });
    }
    case "frame.refused": {
      const { code, fault } = hubEvent;
      return log("frame.refused", { session_id, error_code: code, fault });
    }
    case "hub.failed":
      return log("hub.failed", { session_id, error: describeError(hubEvent.error) });
  }
}

/** The audit trail of the admin API: which operation changed what, and for which client. */
export function logAdminEvent(log: Log, event: AdminEvent): void {
  switch (event.event) {
    case "admin.acted": {
      const { operation, clientId } = event;
      return log("admin.acted", { operation, client_id: clientId });
    }
    case "admin.refused":
      return log("admin.refused", {});
    case "admin.failed":
      return log("admin.failed", { error: describeError(event.error) });
  }
}
