/** Which processes `npm start` takes for its runtime. */
import { expect, it } from "vitest";
import { runtimesBelow } from "../../scripts/local/runtime-watch.ts";

const LISTING = `
    1     0 init
  100     1 npm start
  101   100 node
  102   101 node
  110   102 workerd
  111   102 /opt/node_modules/@cloudflare/workerd-linux-64/bin/workerd
  112   111 workerd-helper
  120     1 workerd
   99   101 workerd
`;

it("The runtime is every workerd that descends from wrangler, in whatever order they are listed", () => {
  expect([...runtimesBelow(LISTING, 101)].toSorted((a, b) => a - b)).toEqual([99, 110, 111]);
  expect([...runtimesBelow(LISTING, 102)]).toEqual([110, 111]);
});

it("A listing without wrangler has no runtime", () => {
  expect(runtimesBelow(LISTING, 7).size).toBe(0);
  expect(runtimesBelow("", 101).size).toBe(0);
});
