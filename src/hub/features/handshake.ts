/** A socket before it has a session: CONNECT, its verification, and what waits behind it (CO1-CO10). */
import type { Grant } from "../../auth/grant.ts";
import { grantCapabilities } from "../../protocol/capabilities.ts";
import type { Fault } from "../../protocol/errors.ts";
import {
  MAX_CONNECT_FAILURES,
  MAX_WAITING_BYTES,
  MAX_WAITING_FRAMES,
} from "../../protocol/limits.ts";
import { MESSAGE_TYPES } from "../../protocol/messages/table.ts";
import {
  connectAck,
  connectRequest,
  type ConnectRequest,
} from "../../protocol/messages/connect.ts";
import { framesWire } from "../../wires/frames.ts";
import { UNSOLICITED, type InboundRequest, type ReplyTo } from "../../wires/wire.ts";
import type { Authenticating, Connected, AwaitingConnect, Session } from "../connection.ts";
import { RETRY_AFTER_MS, type HubContext } from "../context.ts";
import { nextDeadline } from "../deadlines.ts";
import { replyToOf, sizeOf, type Inbound } from "../inbound.ts";
import type { HubSocket } from "../ports.ts";

/** How what has waited is taken up again. */
type Handle = (inbound: Inbound) => Promise<void> | undefined;

/** A frame before CONNECT has succeeded. A promise: a token is being verified. */
export function receiveHandshake(
  context: HubContext,
  socket: HubSocket,
  greeting: AwaitingConnect,
  frame: InboundRequest,
  handle: Handle,
): Promise<void> | undefined {
  if (frame.messageType !== MESSAGE_TYPES.CONNECT.value) {
    countFailure(context, socket, greeting, frame, "connect.first");
    return undefined;
  }
  const request = framesWire.decode(frame, connectRequest);
  if (!request.ok) {
    context.refuse(socket, frame, request.failure);
    return undefined;
  }
  const { clientId, authToken } = request.value;
  const { grant } = greeting;
  if (greeting.expected !== null && greeting.expected !== clientId) {
    context.refuse(socket, frame, "connect.other-id");
    return undefined;
  }
  if (authToken !== null) {
    return verify(context, socket, greeting, frame, { ...request.value, authToken }, handle);
  }
  if (grant === null) countFailure(context, socket, greeting, frame, "connect.no-token");
  else begin(context, socket, greeting, frame, request.value, grant);
  return undefined;
}

/** Puts an inbound behind the CONNECT that is being verified (CO8). */
export function enqueue(
  context: HubContext,
  socket: HubSocket,
  connection: Authenticating,
  inbound: Inbound,
): void {
  const bytes = connection.waitingBytes + sizeOf(inbound);
  const framesBehind = connection.framesBehind + (inbound.kind === "request" ? 1 : 0);
  if (connection.waiting.length >= MAX_WAITING_FRAMES || bytes > MAX_WAITING_BYTES) {
    const about = { retryAfterMs: RETRY_AFTER_MS };
    socket.connection = { ...connection, framesBehind };
    context.refuse(socket, replyToOf(inbound), "connect.waiting", about);
    return;
  }
  const waiting = [...connection.waiting, framesWire.detach(inbound)];
  socket.connection = { ...connection, waiting, waitingBytes: bytes, framesBehind };
}

async function verify(
  context: HubContext,
  socket: HubSocket,
  greeting: AwaitingConnect,
  frame: InboundRequest,
  request: ConnectRequest & { readonly authToken: string },
  handle: Handle,
): Promise<void> {
  const nothing = { waiting: [], waitingBytes: 0, framesBehind: 0 };
  socket.connection = { ...greeting, state: "authenticating", ...nothing };
  const { clientId, authToken: token } = request;
  const { authenticate, now } = context.ports;
  let answer: (resumed: AwaitingConnect, framesBehind: number) => void;
  try {
    const granted = await authenticate({ clientId, token }, now());
    answer = granted.ok
      ? (resumed, behind) => begin(context, socket, resumed, frame, request, granted.value, behind)
      : (resumed) => countFailure(context, socket, resumed, frame, granted.failure);
  } catch (error) {
    answer = () => context.fail(socket, frame, error);
  }
  const { connection } = socket;
  // Closed in the meantime: by the peer, or by the connect deadline.
  if (connection.state !== "authenticating") return;
  const { waiting, waitingBytes: _, framesBehind, ...rest } = connection;
  const resumed: AwaitingConnect = { ...rest, state: "greeting" };
  socket.connection = resumed;
  try {
    answer(resumed, framesBehind);
  } catch (error) {
    context.fail(socket, frame, error);
  }
  // In order. If one of them is another CONNECT, those behind it wait again, behind that one.
  const pending: (Promise<void> | undefined)[] = [];
  context.departures.gather(() => pending.push(...waiting.map(handle)));
  await Promise.all(pending);
}

/** From greeting to connected. Everything here happens in one turn: of many takeovers at once, each sees the one before. */
function begin(
  context: HubContext,
  socket: HubSocket,
  greeting: AwaitingConnect,
  replyTo: ReplyTo,
  request: ConnectRequest,
  grant: Grant,
  framesBehind = 0,
): void {
  const { clientId } = request;
  const replaced = context.roster.find(clientId);
  const orphan = replaced === undefined ? context.roster.findOrphan(clientId) : undefined;
  if (orphan !== undefined) context.reapSession(orphan);
  if (replaced !== undefined) context.refuse(replaced, UNSOLICITED, "session.replaced");
  else if (!context.makeRoom()) {
    context.refuse(socket, replyTo, "connect.full", { retryAfterMs: RETRY_AFTER_MS });
    return;
  }
  const nowMs = context.ports.now();
  const { id, bucket, lostFramings } = greeting;
  const session: Session = {
    clientId,
    connectedAtMs: nowMs,
    capabilities: grantCapabilities(request.capabilities),
    targets: grant.targets,
    expiresAtMs: grant.expiresAtMs,
  };
  const connected: Connected = {
    state: "connected",
    id,
    bucket,
    lostFramings,
    session,
    lastActivityMs: nowMs,
    messageCount: 1 + framesBehind,
  };
  context.roster.begin(socket, id, session);
  socket.connection = connected;
  const deadline = nextDeadline(connected, null, context.settings);
  if (deadline !== null) context.wakeBy(deadline.atMs);
  context.ports.observe({ event: "session.begun", sessionId: id, session });
  context.answer(
    socket,
    framesWire.encode(replyTo, connectAck, {
      sessionId: id,
      clientId,
      heartbeatIntervalSeconds: context.settings.heartbeatIntervalMs / 1000,
      serverTimeMs: nowMs,
      capabilities: session.capabilities,
    }),
  );
}

function countFailure(
  context: HubContext,
  socket: HubSocket,
  greeting: AwaitingConnect,
  replyTo: ReplyTo,
  fault: Fault,
): void {
  const failures = greeting.failures + 1;
  socket.connection = { ...greeting, failures };
  context.refuse(socket, replyTo, fault);
  if (failures >= MAX_CONNECT_FAILURES) context.close(socket, "unauthenticated");
}
