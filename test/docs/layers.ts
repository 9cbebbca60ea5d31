/** The layers of the code: the arrows that ARCHITECTURE.md draws between folders, and the imports that they stand for. */
import type { Import } from "../support/source-files.ts";

/** From a folder to one that it may import, both as paths from the root. */
export interface Arrow {
  readonly from: string;
  readonly to: string;
}

export interface Diagram {
  /** From the top layer to the bottom one. */
  readonly folders: readonly string[];
  readonly arrows: readonly Arrow[];
}

/** `hub["src/hub<br>the rules"]` declares a folder; `hub --> wires & auth` draws two arrows. */
const NODE = /^(?<id>\w+)\["(?<folder>[^"<]+)(?:<br>[^"]*)?"\]$/;
const ARROWS = /^(?<id>\w+) --> (?<targets>\w+(?: & \w+)*)$/;

/** Reads the first `flowchart TD` of a document. Throws for a line that is neither a folder nor arrows between folders. */
export function readDiagram(document: string): Diagram {
  const [, diagram] = /```mermaid\nflowchart TD\n([^]*?)```/.exec(document) ?? [];
  if (diagram === undefined) throw new Error("the document has no flowchart TD");
  const folders = new Map<string, string>();
  const arrows: Arrow[] = [];
  const folderNamed = (id: string): string => {
    const folder = folders.get(id);
    if (folder === undefined) throw new Error(`the diagram declares no folder "${id}"`);
    return folder;
  };
  for (const line of diagram.split("\n").map((text) => text.trim())) {
    if (line === "") continue;
    const { id = "", folder, targets } = (NODE.exec(line) ?? ARROWS.exec(line))?.groups ?? {};
    if (folder !== undefined) folders.set(id, folder);
    else if (targets === undefined) throw new Error(`the diagram has an unreadable line: ${line}`);
    else
      for (const target of targets.split(" & "))
        arrows.push({ from: folderNamed(id), to: folderNamed(target) });
  }
  return { folders: [...folders.values()], arrows };
}

/** The folder of the diagram that holds a file; null: none does. */
export function folderOf(path: string, { folders }: Diagram): string | null {
  return folders.find((folder) => path.startsWith(`${folder}/`)) ?? null;
}

/** Imports from one folder to another for which the diagram has no arrow. */
export function importsWithoutArrow(imports: readonly Import[], diagram: Diagram): Import[] {
  return imports.filter((one) => {
    const arrow = arrowOf(one, diagram);
    return arrow !== null && !diagram.arrows.some((drawn) => isSame(drawn, arrow));
  });
}

/** Arrows of the diagram that stand for no import. */
export function arrowsWithoutImport(imports: readonly Import[], diagram: Diagram): Arrow[] {
  const real = imports.map((one) => arrowOf(one, diagram)).filter((arrow) => arrow !== null);
  return diagram.arrows.filter((drawn) => !real.some((arrow) => isSame(drawn, arrow)));
}

/** Arrows that point to a folder which the diagram declares above their own. */
export function climbingArrows({ folders, arrows }: Diagram): Arrow[] {
  return arrows.filter(({ from, to }) => folders.indexOf(from) >= folders.indexOf(to));
}

/** The first circle among the arrows, as the places along it; null: there is none. */
export function findCircle(arrows: readonly Arrow[]): string[] | null {
  const next = Map.groupBy(arrows, ({ from }) => from);
  const done = new Set<string>();
  const walk = (place: string, trail: readonly string[]): string[] | null => {
    const start = trail.indexOf(place);
    if (start !== -1) return [...trail.slice(start), place];
    if (done.has(place)) return null;
    for (const { to } of next.get(place) ?? []) {
      const circle = walk(to, [...trail, place]);
      if (circle !== null) return circle;
    }
    done.add(place);
    return null;
  };
  for (const place of next.keys()) {
    const circle = walk(place, []);
    if (circle !== null) return circle;
  }
  return null;
}

/** The arrow between the folders of an import; null: it leaves no folder, or is of a package. */
export function arrowOf({ from, to }: Import, diagram: Diagram): Arrow | null {
  const source = folderOf(from, diagram);
  const target = folderOf(to, diagram);
  return source === null || target === null || source === target
    ? null
    : { from: source, to: target };
}

function isSame(one: Arrow, other: Arrow): boolean {
  return one.from === other.from && one.to === other.to;
}
