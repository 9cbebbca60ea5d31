/** `npm run cost`: prints what the service costs on Cloudflare, by the model, and writes the tables into docs/cost.md. */
import { readFileSync, writeFileSync } from "node:fs";
import { fillMarks } from "../scripts/docs-tables.ts";
import { TABLES } from "./cost/tables.ts";
import { alignRows } from "./relay/report.ts";

const DOCUMENT = "docs/cost.md";

for (const [name, rows] of Object.entries(TABLES)) {
  console.log(`\n${name}\n${alignRows(rows()).join("\n")}`);
}
writeFileSync(DOCUMENT, fillMarks(readFileSync(DOCUMENT, "utf8"), TABLES));
