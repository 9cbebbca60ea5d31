/** What the hubs do, put together for each world. */
import { describe } from "vitest";
import type { Hubs } from "../../src/hub/placement.ts";
import { connectingBehaviour, fullHubBehaviour } from "./connecting.ts";
import { errorsBehaviour } from "./errors.ts";
import { hintBehaviour, hubsBehaviour } from "./hubs.ts";
import { refusalsBehaviour } from "./refusals.ts";
import { sessionsBehaviour } from "./sessions.ts";
import { signallingBehaviour } from "./signalling.ts";
import type { World } from "./world.ts";

/** Everything, whichever world and however many hubs. */
export function allBehaviour(world: () => World, hubs: Hubs): void {
  spreadBehaviour(world, hubs);
  describe("connecting", () => connectingBehaviour(world));
  describe("refusals", () => refusalsBehaviour(world));
  describe("errors", () => errorsBehaviour(world, hubs));
  if (hubs !== "per-client") describe("a full hub", () => fullHubBehaviour(world, hubs));
}

/**
 * What a client can tell of how many hubs there are: signals between hubs, takeovers and ends where each client has another
 * home, and the hint that chooses a home. The rest happens on one socket of one hub, whatever the number.
 */
export function spreadBehaviour(world: () => World, hubs: Hubs): void {
  describe("signals", () => signallingBehaviour(world));
  describe("sessions", () => sessionsBehaviour(world));
  describe("hubs", () => hubsBehaviour(world));
  if (hubs !== 1) describe("a hint", () => hintBehaviour(world));
}
