import { beforeEach, describe } from "vitest";
import { connectingBehaviour } from "../behaviour/connecting.ts";
import { errorsBehaviour } from "../behaviour/errors.ts";
import { PlainWorld } from "../behaviour/plain-world.ts";
import { refusalsBehaviour } from "../behaviour/refusals.ts";
import { sessionsBehaviour } from "../behaviour/sessions.ts";
import { signallingBehaviour } from "../behaviour/signalling.ts";

describe.each([
  { name: "a hub that stays awake", evicts: false },
  { name: "a hub that is evicted before every event", evicts: true },
])("$name", ({ evicts }) => {
  let world: PlainWorld;
  beforeEach(() => {
    world = new PlainWorld({ evicts });
  });
  describe("connecting", () => connectingBehaviour(() => world));
  describe("signals", () => signallingBehaviour(() => world));
  describe("sessions", () => sessionsBehaviour(() => world));
  describe("refusals", () => refusalsBehaviour(() => world));
  describe("errors", () => errorsBehaviour(() => world));
});
