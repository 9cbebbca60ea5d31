/** What hubs can carry by the platform's limits, which lie below what the code can do. Pure. */
import { crossing, DEVICES_PER_HUB, messagesOf, type Call, type Hubs } from "./model.ts";

/**
 * Events per second for one object. The platform's soft limit is 1,000, and its guide says 500-750 for work like parsing
 * JSON. Half of the limit leaves room for a burst.
 */
export const EVENTS_PER_SECOND = 500;

/** Call set-ups per second that these hubs carry together. Each signal is an event in one hub, or in two. */
export function callsPerSecond(hubs: number, call: Call): number {
  const events = messagesOf(call) * (1 + crossing(hubs));
  return (hubs * EVENTS_PER_SECOND) / events;
}

/** How many hubs a service needs. `calls`: set-ups per second at its peak. */
export function hubsFor(devices: number, calls: number, call: Call): number {
  const forDevices = Math.ceil(devices / DEVICES_PER_HUB);
  for (let hubs = Math.max(1, forDevices); ; hubs += 1) {
    if (callsPerSecond(hubs, call) >= calls) return hubs;
  }
}

export function hubsLabel(hubs: Hubs): string {
  return hubs === "per-client" ? "per-client" : hubs === 1 ? "1 hub" : `${hubs} hubs`;
}
