/** `npm run docs`: writes the generated tables into the documents. Tests hold the files against them. */
import { readFileSync, writeFileSync } from "node:fs";
import { fillBench } from "./docs-bench.ts";
import { fillCost } from "./docs-cost.ts";
import { fillEvents } from "./docs-events.ts";
import { fillTables } from "./docs-tables.ts";

for (const file of ["README.md", "PROTOCOL.md", "src/client/README.md", "docs/metrics.md"]) {
  writeFileSync(file, fillTables(readFileSync(file, "utf8")));
}

for (const file of ["README.md", "bench/README.md"]) {
  writeFileSync(file, fillBench(readFileSync(file, "utf8")));
}

writeFileSync("docs/cost.md", fillCost(readFileSync("docs/cost.md", "utf8")));

writeFileSync("docs/events.md", fillEvents(readFileSync("docs/events.md", "utf8")));
