/**
 * The behaviour of the hubs on the real Durable Objects, in workerd. With one hub everything; with seven and with one per client
 * what depends on their number, since `test/hub/behaviour.test.ts` holds the rules to all of it in each placement.
 */
import { afterEach, beforeEach, describe } from "vitest";
import { allBehaviour, spreadBehaviour } from "../behaviour/all.ts";
import { HUBS, WorkerWorld } from "../support/worker-world.ts";

const behaviour = HUBS === 1 ? allBehaviour : spreadBehaviour;

describe.each([
  { name: `${HUBS} Durable Object(s) that stay awake`, evicts: false },
  { name: `${HUBS} Durable Object(s) that are evicted before every event`, evicts: true },
])("$name", ({ evicts }) => {
  let world: WorkerWorld;
  beforeEach(() => {
    world = new WorkerWorld({ evicts });
  });
  afterEach(() => world.dispose());
  behaviour(() => world, HUBS);
});
