/** How generated parts are written into a document: between `<!-- KIND: NAME -->` and `<!-- end -->`. */

/** The parts of one kind, by name. Each prints its lines, the last one with its line feed. */
export type Parts = Readonly<Record<string, () => string>>;

/** Cells by row; the first row is the head. */
export type Rows = readonly (readonly string[])[];

/** The document with every part of this kind printed anew. Throws for a name that `parts` does not have. */
export function fillParts(document: string, kind: string, parts: Parts): string {
  const marks = new RegExp(`(<!-- ${kind}: (.+?) -->\\n)[^]*?(<!-- end -->)`, "g");
  return document.replaceAll(marks, (_all, start: string, name: string, end: string) => {
    const print = parts[name];
    if (print === undefined) throw new Error(`there is no ${kind} named "${name}"`);
    return `${start}${print()}${end}`;
  });
}

export function markdownTable([head = [], ...rows]: Rows): string {
  const lines = [head, head.map(() => "---"), ...rows];
  return lines.map((cells) => `| ${cells.join(" | ")} |\n`).join("");
}
