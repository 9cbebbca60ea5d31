/** The project's own TypeScript files as text, and what they import. */
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";

const ROOT = join(import.meta.dirname, "../..");

export interface SourceFile {
  /** From the root of the project, with forward slashes. */
  readonly path: string;
  readonly text: string;
}

export function sourceFiles(folder: string): SourceFile[] {
  return readdirSync(join(ROOT, folder), { recursive: true, encoding: "utf8" })
    .map((name) => `${folder}/${name.replaceAll("\\", "/")}`)
    .filter((path) => path.endsWith(".ts"))
    .toSorted()
    .map((path) => ({ path, text: readFileSync(join(ROOT, path), "utf8") }));
}

export interface Import {
  readonly from: string;
  /** A path from the root for a file of ours, else the specifier as it stands: a package, or a module of a runtime. */
  readonly to: string;
}

const SPECIFIER = /(?:\bfrom\s*|\bimport\s*\(?\s*)"(?<specifier>[^"\s,()]+)"/g;

/** Types included: what is erased at run time is still knowledge of one file in another. */
export function importsOf({ path, text }: SourceFile): Import[] {
  return Array.from(text.matchAll(SPECIFIER), ({ groups }) => {
    const specifier = groups?.["specifier"] ?? "";
    const to = specifier.startsWith(".") ? join(dirname(path), specifier) : specifier;
    return { from: path, to: to.replaceAll("\\", "/") };
  });
}
