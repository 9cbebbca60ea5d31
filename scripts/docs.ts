/** `npm run docs`: writes the generated tables into README.md and PROTOCOL.md. A test holds the files against them. */
import { readFileSync, writeFileSync } from "node:fs";
import { fillTables } from "./docs-tables.ts";

for (const file of ["README.md", "PROTOCOL.md"]) {
  writeFileSync(file, fillTables(readFileSync(file, "utf8")));
}
