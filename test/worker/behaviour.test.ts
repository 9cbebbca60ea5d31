import { afterEach, beforeEach, describe } from "vitest";
import { connectingBehaviour } from "../behaviour/connecting.ts";
import { errorsBehaviour } from "../behaviour/errors.ts";
import { refusalsBehaviour } from "../behaviour/refusals.ts";
import { sessionsBehaviour } from "../behaviour/sessions.ts";
import { signallingBehaviour } from "../behaviour/signalling.ts";
import { WorkerWorld } from "../support/worker-world.ts";

describe.each([
  { name: "a Durable Object that stays awake", evicts: false },
  { name: "a Durable Object that is evicted before every event", evicts: true },
])("$name", ({ evicts }) => {
  let world: WorkerWorld;
  beforeEach(() => {
    world = new WorkerWorld({ evicts });
  });
  afterEach(() => world.dispose());
  describe("connecting", () => connectingBehaviour(() => world));
  describe("signals", () => signallingBehaviour(() => world));
  describe("sessions", () => sessionsBehaviour(() => world));
  describe("refusals", () => refusalsBehaviour(() => world));
  describe("errors", () => errorsBehaviour(() => world));
});
