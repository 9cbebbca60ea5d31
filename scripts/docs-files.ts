/** Every document that has generated parts, with the function that prints them anew. */
import { TABLES as COST_TABLES } from "../bench/cost/tables.ts";
import { fillBench } from "./docs-bench.ts";
import { fillEvents } from "./docs-events.ts";
import { fillMarks, fillTables } from "./docs-tables.ts";

export const GENERATED: Readonly<Record<string, (document: string) => string>> = {
  "README.md": fillBench,
  "PROTOCOL.md": fillTables,
  "bench/README.md": fillBench,
  "docs/admin.md": fillTables,
  "docs/configuration.md": fillTables,
  "docs/cost.md": (document) => fillMarks(document, COST_TABLES),
  "docs/events.md": fillEvents,
  "docs/metrics.md": fillTables,
  "docs/troubleshooting.md": fillTables,
  "src/client/README.md": fillTables,
};
