/** Signals of a backend: encodes the frame as a hub would stamp it, and hands it to the target's hub. */
import type { AdminService } from "../../admin/service.ts";
import { hubNameOf } from "../../hub/placement.ts";
import { parseClientId } from "../../protocol/client-id.ts";
import { faultRow, type Fault } from "../../protocol/errors.ts";
import { encodeBackendFrame } from "../../protocol/messages/signal.ts";
import { MESSAGE_TYPES } from "../../protocol/messages/table.ts";
import { formatUuid, UUID_BYTES } from "../../protocol/uuid.ts";
import { createRemoteHubs } from "../remote-hubs.ts";
import type { Env, Services } from "../services.ts";
import { workerStatsOf } from "../worker-stats.ts";

/** The source that the target sees where the backend names none. */
const BACKEND = parseClientId("backend");

const MESSAGE_TYPE_OF = {
  offer: MESSAGE_TYPES.SIGNAL_OFFER.value,
  answer: MESSAGE_TYPES.SIGNAL_ANSWER.value,
  "ice-candidate": MESSAGE_TYPES.SIGNAL_ICE_CANDIDATE.value,
  // As it was first spelled.
  ice_candidate: MESSAGE_TYPES.SIGNAL_ICE_CANDIDATE.value,
} as const;

export function createBackend(
  env: Env,
  services: Services,
  ctx: Pick<ExecutionContext, "waitUntil">,
): AdminService["sendSignal"] {
  // The Worker is not a hub, so every hub is remote to it.
  const hubs = createRemoteHubs(env, services);
  return async (signal) => {
    const source = signal.source_client_id ?? BACKEND;
    if (source === null) throw new Error('"backend" is not a client id');
    const target = signal.target_client_id;
    const messageType = MESSAGE_TYPE_OF[signal.type];
    const meta = { source, target, messageType };
    const refuse = (fault: Fault) => {
      const worker = workerStatsOf(env, services);
      worker.stats.observe({ event: "signal.undelivered", code: faultRow(fault).code, ...meta });
      worker.reportSoon(ctx);
      return { outcome: "refused", fault } as const;
    };
    const uuid = crypto.getRandomValues(new Uint8Array(UUID_BYTES));
    const frame = encodeBackendFrame({ uuid, ...meta, data: signal.signal_data });
    if (!frame.ok) return refuse(frame.failure);
    const hub = hubNameOf(target, services.config.routing.hubs);
    const [outcome = "internal"] = await hubs.deliver(hub, [{ ...meta, frame: frame.value }]);
    if (outcome === "delivered") return { outcome, uuid: formatUuid(uuid) };
    // A backend's signal is never held: its answer is one HTTP response.
    return refuse(outcome === "held" ? "internal" : outcome);
  };
}
