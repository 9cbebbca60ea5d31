/** `npm run docs`: writes the generated parts of every document. Tests fail where a file differs from what it would write. */
import { readFileSync, writeFileSync } from "node:fs";
import { GENERATED } from "./docs-files.ts";

for (const [file, fill] of Object.entries(GENERATED)) {
  writeFileSync(file, fill(readFileSync(file, "utf8")));
}
