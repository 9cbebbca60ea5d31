/** The steps of a negotiation on an RTCPeerConnection, each within a time, and the way back from one that fails. */
import { SignalError } from "../errors.ts";
import type { Clock } from "../ports.ts";
import { inTime } from "./in-time.ts";
import type { Step } from "./moves.ts";
import { fitsParts } from "./parts.ts";
import type { RtcConnection, RtcDescription } from "./rtc.ts";

/** A step takes milliseconds, and seconds on a machine under load. */
export const STEP_TIMEOUT_MS = 10_000;

const TIMEOUT = new Error("a step of the negotiation takes too long");

const ROLLBACK: RtcDescription = { type: "rollback" };

/** Resolves with the SDP that the step makes. Rejects with what failed, or when the time is up. */
export function carryOut(step: Step, connection: RtcConnection, clock: Clock): Promise<string> {
  return inTime(clock, STEP_TIMEOUT_MS, TIMEOUT, perform(step, connection));
}

async function perform(step: Step, connection: RtcConnection): Promise<string> {
  if (step.kind === "rollback") {
    await connection.setLocalDescription(ROLLBACK);
    return "";
  }
  if (step.kind === "offer") return setLocal(connection, await connection.createOffer());
  const { kind, sdp } = step;
  if (kind === "apply") {
    await connection.setRemoteDescription({ type: "answer", sdp });
    return "";
  }
  if (connection.signalingState === "have-local-offer") {
    await connection.setLocalDescription(ROLLBACK);
  }
  await connection.setRemoteDescription({ type: "offer", sdp });
  return setLocal(connection, await connection.createAnswer());
}

/** What the candidates add to a description that is sent again. */
const CANDIDATES_ROOM = " ".repeat(16_384);

/** Only what can be sent is set. */
async function setLocal(connection: RtcConnection, description: RtcDescription): Promise<string> {
  if (!fitsParts(description.sdp + CANDIDATES_ROOM)) throw new SignalError("too-large");
  await connection.setLocalDescription(description);
  return connection.localDescription?.sdp ?? "";
}

/**
 * Makes the RTCPeerConnection stable after a step that failed. `broken`: that failed, too, or the step never ended, so that
 * nothing is known of the RTCPeerConnection. `hopeless`: the step would fail again.
 */
export async function undo(
  cause: unknown,
  connection: RtcConnection,
  clock: Clock,
): Promise<"refused" | "hopeless" | "broken"> {
  const { signalingState } = connection;
  if (cause === TIMEOUT || signalingState === "closed") return "broken";
  try {
    if (signalingState === "have-local-offer") {
      await inTime(clock, STEP_TIMEOUT_MS, TIMEOUT, connection.setLocalDescription(ROLLBACK));
    }
    // Firefox takes back a remote offer only so.
    if (signalingState === "have-remote-offer") {
      await inTime(clock, STEP_TIMEOUT_MS, TIMEOUT, connection.setRemoteDescription(ROLLBACK));
    }
  } catch {
    // Without a stable state nothing can be negotiated: another RTCPeerConnection takes over.
    return "broken";
  }
  return cause instanceof SignalError ? "hopeless" : "refused";
}
