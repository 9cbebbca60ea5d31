import { afterEach, beforeEach, describe } from "vitest";
import { allBehaviour } from "../behaviour/all.ts";
import { HUBS, WorkerWorld } from "../support/worker-world.ts";

describe.each([
  { name: `${HUBS} Durable Object(s) that stay awake`, evicts: false },
  { name: `${HUBS} Durable Object(s) that are evicted before every event`, evicts: true },
])("$name", ({ evicts }) => {
  let world: WorkerWorld;
  beforeEach(() => {
    world = new WorkerWorld({ evicts });
  });
  afterEach(() => world.dispose());
  allBehaviour(() => world, HUBS);
});
