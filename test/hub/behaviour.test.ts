import { beforeEach, describe } from "vitest";
import { allBehaviour } from "../behaviour/all.ts";
import { PlainWorld } from "../behaviour/plain-world.ts";

const HUBS = [1, 7, "per-client"] as const;

describe.each(
  HUBS.flatMap((hubs) => [
    { name: `${hubs} hub(s) that stay awake`, hubs, evicts: false },
    { name: `${hubs} hub(s) that are evicted before every event`, hubs, evicts: true },
  ]),
)("$name", ({ hubs, evicts }) => {
  let world: PlainWorld;
  beforeEach(() => {
    world = new PlainWorld({ evicts, hubs });
  });
  allBehaviour(() => world, hubs);
});
