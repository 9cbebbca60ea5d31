/** Everything that the hub does, whichever world and however many hubs. */
import { describe } from "vitest";
import type { Hubs } from "../../src/hub/placement.ts";
import { connectingBehaviour, fullHubBehaviour } from "./connecting.ts";
import { errorsBehaviour } from "./errors.ts";
import { hintBehaviour, hubsBehaviour } from "./hubs.ts";
import { refusalsBehaviour } from "./refusals.ts";
import { sessionsBehaviour } from "./sessions.ts";
import { signallingBehaviour } from "./signalling.ts";
import type { World } from "./world.ts";

export function allBehaviour(world: () => World, hubs: Hubs): void {
  describe("connecting", () => connectingBehaviour(world));
  describe("signals", () => signallingBehaviour(world));
  describe("sessions", () => sessionsBehaviour(world));
  describe("refusals", () => refusalsBehaviour(world));
  describe("errors", () => errorsBehaviour(world, hubs));
  describe("hubs", () => hubsBehaviour(world));
  if (hubs !== 1) describe("a hint", () => hintBehaviour(world));
  if (hubs !== "per-client") describe("a full hub", () => fullHubBehaviour(world, hubs));
}
