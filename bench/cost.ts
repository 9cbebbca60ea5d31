/** `npm run cost`: prints what the service costs on Cloudflare by the model. `npm run docs` writes the same into docs/cost.md. */
import { TABLES } from "./cost/tables.ts";
import { alignRows } from "./tables.ts";

for (const [name, rows] of Object.entries(TABLES)) {
  console.log(`\n${name}\n${alignRows(rows()).join("\n")}`);
}
