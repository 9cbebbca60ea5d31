/** What hubs can carry, by the platform's limits: not by what a machine of ours computes. Pure. */
import { crossing, DEVICES_A_HUB, messagesOf, type Call, type Hubs } from "./model.ts";

/**
 * Events that one object takes in a second. The platform's soft limit is 1,000; its guide says 500-750 for work like
 * parsing JSON, and half of the limit leaves room for a burst.
 */
export const EVENTS_A_SECOND = 500;

/** Call set-ups a second that so many hubs take together, each signal an event in one hub or in two. */
export function callsASecond(hubs: number, call: Call): number {
  const events = messagesOf(call) * (1 + crossing(hubs));
  return (hubs * EVENTS_A_SECOND) / events;
}

/** How many hubs a service wants; `calls`: set-ups a second at its peak. */
export function hubsFor(devices: number, calls: number, call: Call): number {
  const forDevices = Math.ceil(devices / DEVICES_A_HUB);
  for (let hubs = Math.max(1, forDevices); ; hubs += 1) {
    if (callsASecond(hubs, call) >= calls) return hubs;
  }
}

export function hubsLabel(hubs: Hubs): string {
  return hubs === "per-client" ? "per-client" : hubs === 1 ? "1 hub" : `${hubs} hubs`;
}
