/** The reader of the diagram, and what it finds wrong, on small diagrams. */
import { describe, expect, it } from "vitest";
import {
  arrowsWithoutImport,
  climbingArrows,
  findCircle,
  folderOf,
  importsWithoutArrow,
  readDiagram,
} from "./layers.ts";

const DIAGRAM = readDiagram(`
# Some document

\`\`\`mermaid
flowchart LR
    other --> diagram
\`\`\`

\`\`\`mermaid
flowchart TD
    worker["src/worker<br>the shell"]
    hub["src/hub"]
    protocol["src/protocol"]
    worker --> hub & protocol
    hub --> protocol
\`\`\`
`);

const HUB_TO_PROTOCOL = { from: "src/hub/hub.ts", to: "src/protocol/frame.ts" };
const WORKER_TO_HUB = { from: "src/worker/hub-object.ts", to: "src/hub/hub.ts" };
const WORKER_TO_PROTOCOL = { from: "src/worker/upgrade.ts", to: "src/protocol/names.ts" };

describe("readDiagram", () => {
  it("reads the folders from top to bottom and every arrow", () => {
    expect(DIAGRAM).toEqual({
      folders: ["src/worker", "src/hub", "src/protocol"],
      arrows: [
        { from: "src/worker", to: "src/hub" },
        { from: "src/worker", to: "src/protocol" },
        { from: "src/hub", to: "src/protocol" },
      ],
    });
  });

  it("throws where a document has no diagram from top to bottom", () => {
    expect(() => readDiagram("```mermaid\nflowchart LR\n```")).toThrow("has no flowchart TD");
  });

  it.each([
    ["an unreadable line", 'a["src/a"]\na -.-> a', "an unreadable line: a -.-> a"],
    ["an arrow to an undeclared folder", 'a["src/a"]\na --> b', 'declares no folder "b"'],
  ])("throws for %s", (_what, lines, message) => {
    expect(() => readDiagram(`\`\`\`mermaid\nflowchart TD\n${lines}\n\`\`\``)).toThrow(message);
  });
});

describe("folderOf", () => {
  it.each([
    ["src/hub/features/signals.ts", "src/hub"],
    ["src/hubris/pride.ts", null],
    ["zod", null],
  ])("places %s in %s", (path, folder) => {
    expect(folderOf(path, DIAGRAM)).toBe(folder);
  });
});

describe("the comparison of imports with arrows", () => {
  const imports = [HUB_TO_PROTOCOL, WORKER_TO_HUB, WORKER_TO_PROTOCOL];

  it("accepts code that imports exactly along the arrows", () => {
    const inside = { from: "src/hub/hub.ts", to: "src/hub/ports.ts" };
    const ofPackage = { from: "src/worker/app.ts", to: "hono" };
    const all = [...imports, inside, ofPackage];
    expect(importsWithoutArrow(all, DIAGRAM)).toEqual([]);
    expect(arrowsWithoutImport(all, DIAGRAM)).toEqual([]);
  });

  it("finds an import for which no arrow is drawn", () => {
    const upwards = { from: "src/hub/hub.ts", to: "src/worker/env.ts" };
    expect(importsWithoutArrow([...imports, upwards], DIAGRAM)).toEqual([upwards]);
  });

  it("finds an arrow along which nothing is imported", () => {
    expect(arrowsWithoutImport([HUB_TO_PROTOCOL, WORKER_TO_HUB], DIAGRAM)).toEqual([
      { from: "src/worker", to: "src/protocol" },
    ]);
  });
});

describe("climbingArrows", () => {
  it("finds none where every arrow points downwards", () => {
    expect(climbingArrows(DIAGRAM)).toEqual([]);
  });

  it("finds an arrow to a folder above its own", () => {
    const arrow = { from: "src/hub", to: "src/worker" };
    expect(climbingArrows({ ...DIAGRAM, arrows: [...DIAGRAM.arrows, arrow] })).toEqual([arrow]);
  });
});

describe("findCircle", () => {
  const arrows = [
    { from: "a", to: "b" },
    { from: "b", to: "c" },
    { from: "c", to: "b" },
  ];

  it("returns the places along a circle", () => {
    expect(findCircle(arrows)).toEqual(["b", "c", "b"]);
  });

  it("returns null where no arrow leads back", () => {
    expect(findCircle(arrows.slice(0, 2))).toBeNull();
  });
});
