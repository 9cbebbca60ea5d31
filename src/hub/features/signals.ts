/** SIGNAL_*: the signal path (SI1-SI11). Synchronous, without a write, and without work that grows with the number of connections. */
import { allowsTarget } from "../../auth/grant.ts";
import { signalRequest } from "../../protocol/messages/signal.ts";
import type { InboundRequest } from "../../wires/wire.ts";
import type { SessionSocket } from "../ports.ts";
import type { FeatureParts } from "./feature.ts";

/** `nowMs`: when the message came that held the signal. */
export function receiveSignal(
  { connections, deliverer }: FeatureParts,
  source: SessionSocket,
  request: InboundRequest,
  nowMs: number,
): void {
  const { wire, connection } = source;
  const { clientId, targets } = connection.session;
  const decoded = wire.decode(request, signalRequest);
  if (!decoded.ok) return connections.refuse(source, request, decoded.failure);
  const { target } = decoded.value;
  if (allowsTarget(targets, target)) return deliverer.send(source, request, decoded.value, nowMs);
  const signal = { source: clientId, target, messageType: request.messageType };
  deliverer.reportOutcome(source, request, signal, "signal.forbidden");
}
