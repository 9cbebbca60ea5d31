/** What the hubs do, put together for each world. */
import { describe } from "vitest";
import type { Hubs } from "../../src/hub/placement.ts";
import { connectingBehaviour, fullHubBehaviour } from "./connecting.ts";
import { errorsBehaviour } from "./errors.ts";
import { hintBehaviour, hubsBehaviour } from "./hubs.ts";
import { rateLimitBehaviour } from "./rate-limit.ts";
import { refusalsBehaviour } from "./refusals.ts";
import { sessionsBehaviour } from "./sessions.ts";
import { signallingBehaviour } from "./signalling.ts";
import type { World } from "./world.ts";

/** Everything, whichever world and however many hubs. */
export function allBehaviour(world: () => World, hubs: Hubs): void {
  spreadBehaviour(world, hubs);
  describe("when a client connects, the hub", () => connectingBehaviour(world));
  describe("to what it cannot accept, the hub", () => refusalsBehaviour(world));
  describe("for frames that come too fast, the hub", () => rateLimitBehaviour(world));
  describe("when it refuses a frame, the hub", () => errorsBehaviour(world, hubs));
  if (hubs !== "per-client")
    describe("when it is full, the hub", () => fullHubBehaviour(world, hubs));
}

/**
 * What a client can tell of how many hubs there are: signals between hubs, takeovers and ends where each client has another
 * home, and the hint that chooses a home. The rest happens on one socket of one hub, whatever the number.
 */
export function spreadBehaviour(world: () => World, hubs: Hubs): void {
  describe("for signals, the hub", () => signallingBehaviour(world, hubs));
  describe("for a session, the hub", () => sessionsBehaviour(world));
  describe("for clients of all hubs, the service", () => hubsBehaviour(world));
  if (hubs !== 1) describe("for a hint at the upgrade, the hub", () => hintBehaviour(world));
}
