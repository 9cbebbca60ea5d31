/** Whether a call is as it should be once the hub is there again: pure, over what both sides say of themselves. */
import type { SideStatus, TransceiverStatus } from "./page-api.ts";

/** Returns what is wrong, each thing in a few words. Empty: the call is whole, and no wish is unmet. */
export function faultsOf(one: SideStatus, two: SideStatus): string[] {
  return [
    ...sideFaults("one", one),
    ...sideFaults("two", two),
    ...mediaFaults(one.transceivers, two.transceivers),
  ];
}

function sideFaults(name: string, side: SideStatus): string[] {
  const expected = {
    client: "connected",
    signaling: "stable",
    connection: "connected",
    channel: "open",
  } as const;
  const faults = Object.entries(expected)
    // Object.entries widens to string, but they are the table's own.
    .map(([key, value]) => [key, side[key as keyof typeof expected], value] as const)
    .filter(([, is, value]) => is !== value)
    .map(([key, is]) => `${key} is ${is}`);
  if (side.closedBy !== null) faults.push(`the call was closed (${side.closedBy})`);
  if (side.lost > 0) faults.push(`${side.lost} added transceivers are gone`);
  if (side.awaitsRestart) faults.push("an ICE restart is unmet");
  if (side.uncaught.length > 0) faults.push(`uncaught: ${side.uncaught.join(", ")}`);
  return faults.map((fault) => `${name}: ${fault}`);
}

function mediaFaults(
  one: readonly TransceiverStatus[],
  two: readonly TransceiverStatus[],
): string[] {
  const faults = [...one, ...two]
    .filter(({ mid }) => mid === null)
    .map(({ media }) => `a transceiver (${media}) was never negotiated`);
  const theirs = new Map(two.map((transceiver) => [transceiver.mid, transceiver]));
  for (const mine of one) {
    const other = theirs.get(mine.mid);
    theirs.delete(mine.mid);
    if (mine.mid === null) continue;
    if (other === undefined) faults.push(`mid ${mine.mid} is at one only`);
    else faults.push(...pairFaults(mine, other));
  }
  for (const mid of theirs.keys()) if (mid !== null) faults.push(`mid ${mid} is at two only`);
  return faults;
}

function pairFaults(one: TransceiverStatus, two: TransceiverStatus): string[] {
  const flows = `${one.direction} meets ${two.direction}`;
  if (one.media !== two.media) return [`mid ${one.mid} is ${one.media} and ${two.media}`];
  return [
    [one, two],
    [two, one],
  ].flatMap(([mine, other]) => {
    const expected = mine && other ? negotiated(mine.direction, other.direction) : "";
    return mine?.current === expected
      ? []
      : [`mid ${one.mid}: ${flows}, but ${mine?.current} was negotiated, not ${expected}`];
  });
}

/** What a transceiver comes to (RFC 9429 section 5.3.1): a side sends if it wishes to and the other wishes to receive. */
export function negotiated(mine: string, theirs: string): string {
  const sends = canSend(mine) && canReceive(theirs);
  const receives = canReceive(mine) && canSend(theirs);
  if (sends && receives) return "sendrecv";
  if (sends) return "sendonly";
  return receives ? "recvonly" : "inactive";
}

function canSend(direction: string): boolean {
  return direction === "sendrecv" || direction === "sendonly";
}

function canReceive(direction: string): boolean {
  return direction === "sendrecv" || direction === "recvonly";
}
