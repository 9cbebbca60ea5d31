/** Signals of a backend: made into a frame as the hub would stamp it, and handed to the target's hub. */
import type { AdminPorts, BackendSignal } from "../../admin/ports.ts";
import { parseClientId } from "../../protocol/client-id.ts";
import { faultRow, type Fault } from "../../protocol/errors.ts";
import { MESSAGE_TYPES } from "../../protocol/messages/table.ts";
import { encodeBackendSignal } from "../../protocol/messages/signal.ts";
import { formatUuid, UUID_BYTES } from "../../protocol/uuid.ts";
import type { Env } from "../env.ts";
import { hubNameOf } from "../../hub/placement.ts";
import { describeError } from "../../log/log-hub-event.ts";
import { RpcRemoteHubs } from "../remote-hubs.ts";
import { hubStubWithoutRetry } from "../hubs.ts";
import type { Services } from "../services.ts";
import { workerCountsOf } from "../worker-counts.ts";

/** Whom the target sees where the backend names no source. */
const BACKEND = "backend";

export function createBackend(
  env: Env,
  services: Services,
  ctx: Pick<ExecutionContext, "waitUntil">,
): AdminPorts["sendSignal"] {
  const { config, log } = services;
  const hubs = new RpcRemoteHubs({
    // No hub's: the Worker is none.
    self: "worker",
    hubs: config.routing.hubs,
    call: (hub) => hubStubWithoutRetry(env, config, hub),
    failed: (hub, error) => log("deliver.failed", { hub, error: describeError(error) }),
  });
  return async ({ source, target, messageType, data }: BackendSignal) => {
    const sender = source ?? parseClientId(BACKEND);
    if (sender === null) throw new Error("the backend has no client id");
    const uuid = crypto.getRandomValues(new Uint8Array(UUID_BYTES));
    const { value } = MESSAGE_TYPES[messageType];
    const notice = { source: sender, target, messageType: value };
    const refuse = (fault: Fault) => {
      const counts = workerCountsOf(env, services);
      counts.book.observe({ event: "signal.undelivered", code: faultRow(fault).code, ...notice });
      counts.settle(ctx);
      return { outcome: "refused", fault } as const;
    };
    const encoded = encodeBackendSignal({ uuid, messageType: value, source: sender, target, data });
    if (!encoded.ok) return refuse(encoded.failure);
    const hub = hubNameOf(target, config.routing.hubs);
    const [fault = "internal"] = await hubs.deliver(hub, [{ ...notice, frame: encoded.value }]);
    return fault === null ? { outcome: "delivered", uuid: formatUuid(uuid) } : refuse(fault);
  };
}
