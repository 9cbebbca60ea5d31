/** What the admin API tells, as log lines: the trail of who was told or kicked. */
import type { AdminEvent } from "../admin/ports.ts";
import { describeError } from "./log-hub-event.ts";
import type { Log } from "./log.ts";

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
