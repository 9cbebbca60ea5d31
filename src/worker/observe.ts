/** What hubs and the admin API report of themselves, as log lines. `log.ts` itself knows neither. */
import type { AdminEvent } from "../admin/service.ts";
import type { HubEvent } from "../hub/ports.ts";
import { describeError, type Log } from "../log/log.ts";

export function logHubEvent(log: Log, hubEvent: HubEvent): void {
  // The Ledger emits an event for it, and its ERROR is a `frame.refused` line: another line would repeat both.
  if (hubEvent.event === "signal.undelivered") return;
  switch (hubEvent.event) {
    case "session.begun": {
      const { id, clientId } = hubEvent.session;
      return log("session.begun", { session_id: id, client_id: clientId });
    }
    case "session.ended": {
      const { sessionId, clientId, reason, frameCount, connectedAtMs, atMs } = hubEvent;
      return log("session.ended", {
        session_id: sessionId,
        client_id: clientId,
        reason,
        duration_ms: atMs - connectedAtMs,
        message_count: frameCount,
      });
    }
    case "frame.refused": {
      const { connectionId, code, fault } = hubEvent;
      return log("frame.refused", { connection_id: connectionId, error_code: code, fault });
    }
    case "hub.failed": {
      const { connectionId, error } = hubEvent;
      return log("hub.failed", { connection_id: connectionId, error: describeError(error) });
    }
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
