/** Every Markdown document of the project, as a path from the root. */
import { readdirSync } from "node:fs";

export const DOCUMENTS: readonly string[] = [
  ...readdirSync(".").filter((file) => file.endsWith(".md")),
  ...["docs", "src", "test"].flatMap(markdownUnder),
  "bench/README.md",
];

function markdownUnder(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .map((name) => `${folder}/${name.replaceAll("\\", "/")}`)
    .filter((path) => path.endsWith(".md"));
}
