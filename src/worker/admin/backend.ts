/** Signals of a backend: encodes the frame as a hub would stamp it, and hands it to the target's hub. */
import type { AdminService } from "../../admin/service.ts";
import { hubNameOf } from "../../hub/placement.ts";
import { describeError } from "../../log/log.ts";
import { parseClientId, type ClientId } from "../../protocol/client-id.ts";
import { PAYLOAD_TYPES } from "../../protocol/encodings/payload-types.ts";
import { faultRow, type Fault } from "../../protocol/errors.ts";
import { encodeFrame } from "../../protocol/frame.ts";
import { MAX_PAYLOAD_BYTES } from "../../protocol/limits.ts";
import { MESSAGE_TYPES } from "../../protocol/message-types.ts";
import { failed, success, type Result } from "../../protocol/result.ts";
import { formatUuid, UUID_BYTES } from "../../protocol/uuid.ts";
import { hubStubWithoutRetry } from "../hubs.ts";
import { RpcRemoteHubs } from "../remote-hubs.ts";
import type { Env, Services } from "../services.ts";
import { workerCountsOf } from "../worker-counts.ts";

/** The source that the target sees where the backend names none. */
const BACKEND = parseClientId("backend");

const MESSAGE_TYPE_OF = {
  offer: MESSAGE_TYPES.SIGNAL_OFFER.value,
  answer: MESSAGE_TYPES.SIGNAL_ANSWER.value,
  ice_candidate: MESSAGE_TYPES.SIGNAL_ICE_CANDIDATE.value,
} as const;

export function createBackend(
  env: Env,
  services: Services,
  ctx: Pick<ExecutionContext, "waitUntil">,
): AdminService["sendSignal"] {
  const { config, log } = services;
  const hubs = new RpcRemoteHubs({
    // The Worker is not a hub, so every hub is remote to it.
    self: "worker",
    hubs: config.routing.hubs,
    call: (hub) => hubStubWithoutRetry(env, config, hub),
    failed: (hub, error) => log("deliver.failed", { hub, error: describeError(error) }),
  });
  return async (signal) => {
    const source = signal.source_client_id ?? BACKEND;
    if (source === null) throw new Error('"backend" is not a client id');
    const target = signal.target_client_id;
    const messageType = MESSAGE_TYPE_OF[signal.type];
    const meta = { source, target, messageType };
    const refuse = (fault: Fault) => {
      const counts = workerCountsOf(env, services);
      counts.book.observe({ event: "signal.undelivered", code: faultRow(fault).code, ...meta });
      counts.settle(ctx);
      return { outcome: "refused", fault } as const;
    };
    const uuid = crypto.getRandomValues(new Uint8Array(UUID_BYTES));
    const frame = encodeBackendSignal({ uuid, ...meta, data: signal.signal_data });
    if (!frame.ok) return refuse(frame.failure);
    const hub = hubNameOf(target, config.routing.hubs);
    const [fault = "internal"] = await hubs.deliver(hub, [{ ...meta, frame: frame.value }]);
    return fault === null ? { outcome: "delivered", uuid: formatUuid(uuid) } : refuse(fault);
  };
}

/** The signal as the hub would stamp it; fails where it does not fit a frame (SI8). */
function encodeBackendSignal({
  uuid,
  messageType,
  source,
  target,
  data,
}: {
  readonly uuid: Uint8Array;
  readonly messageType: number;
  readonly source: ClientId;
  readonly target: ClientId;
  readonly data: unknown;
}): Result<Uint8Array, Fault> {
  const payload = new TextEncoder().encode(
    JSON.stringify({ source_client_id: source, target_client_id: target, signal_data: data }),
  );
  if (payload.length > MAX_PAYLOAD_BYTES) return failed("signal.too-large");
  const payloadType = PAYLOAD_TYPES.JSON.value;
  return success(encodeFrame({ messageType, uuid, payloadType, payload }));
}
