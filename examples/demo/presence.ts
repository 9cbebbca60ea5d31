/** Two signals of this page besides those of `peer()`: asking whether a client is there, and saying goodbye. */
import type { SignalClient, SignalError } from "../../src/client/index.ts";

const KNOCK = { kind: "knock" } as const;
const LEAVING = { kind: "leaving" } as const;

/** Whether `target` has a session at the hub; null if the hub did not say. Never rejects. */
export async function isThere(client: SignalClient, target: string): Promise<boolean | null> {
  try {
    await client.send(target, "offer", KNOCK);
    return true;
  } catch (error) {
    // `send` rejects with nothing else.
    return (error as SignalError).code === "target-absent" ? false : null;
  }
}

/** Says that this page closes or is reloaded. Ends the session, because only then the signal leaves at once. */
export function sayLeaving(client: SignalClient, target: string | null): void {
  if (target !== null) {
    client.send(target, "ice-candidate", LEAVING).catch(() => {
      // It rejects with `closed`, since the session ends here. Nobody is left who could read the outcome.
    });
  }
  void client.close();
}

/** What a signal tells about its source: that its page leaves, that it calls, or nothing. */
export function readPresence(data: unknown): "here" | "left" | null {
  if (typeof data !== "object" || data === null) return null;
  if ("kind" in data && data.kind === LEAVING.kind) return "left";
  return "peer" in data ? "here" : null;
}
