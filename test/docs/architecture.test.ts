/** The code against the picture of its layers in ARCHITECTURE.md, and against what each folder may know of the world. */
import { describe, expect, it } from "vitest";
import { readOwn } from "../support/own-settings.ts";
import { importsOf, sourceFiles } from "../support/source-files.ts";
import {
  arrowOf,
  arrowsWithoutImport,
  climbingArrows,
  findCircle,
  folderOf,
  importsWithoutArrow,
  readDiagram,
} from "./layers.ts";

const DIAGRAM = readDiagram(readOwn("ARCHITECTURE.md"));

const files = ["src", "examples"].flatMap(sourceFiles);
/** Imports of types count: what is erased at run time is still knowledge of one file in another. */
const imports = files.flatMap(importsOf);

/** The packages, and the modules of a runtime, that the files of each folder import; a folder without a row imports none. */
const PACKAGES: Readonly<Record<string, readonly string[]>> = {
  "src/admin": ["hono", "hono/body-limit", "zod"],
  "src/auth": ["jose", "node:crypto"],
  "src/events": ["jose"],
  "src/worker": ["cloudflare:workers", "hono", "zod"],
};

/** Time, randomness, timers, network and output reach these folders as arguments. */
const PURE = [
  "src/protocol",
  "src/wires",
  "src/auth",
  "src/events",
  "src/hub",
  "src/metrics",
  "src/ledger",
  "src/admin",
  "src/config",
  "src/log",
];

const IMPURE =
  /\b(Date\.now|new Date\(\)|performance\.|Math\.random|crypto\.randomUUID|setTimeout|setInterval|AbortSignal\.timeout|fetch\(|console\.)/;

describe("the diagram in ARCHITECTURE.md", () => {
  it("has every folder of src/ and examples/, and no other", () => {
    const outside = files.filter(({ path }) => folderOf(path, DIAGRAM) === null);
    expect(outside.map(({ path }) => path)).toEqual([]);
    const inhabited = new Set(files.map(({ path }) => folderOf(path, DIAGRAM)));
    expect(DIAGRAM.folders.filter((folder) => !inhabited.has(folder))).toEqual([]);
  });

  it("has an arrow for every import from one folder to another", () => {
    expect(imports.length).toBeGreaterThan(100);
    expect(importsWithoutArrow(imports, DIAGRAM)).toEqual([]);
  });

  it("has no arrow along which nothing is imported", () => {
    expect(arrowsWithoutImport(imports, DIAGRAM)).toEqual([]);
  });

  it("has no arrow that climbs", () => {
    expect(climbingArrows(DIAGRAM)).toEqual([]);
  });
});

describe("the imports", () => {
  it("name files that exist, with their ending", () => {
    const paths = new Set(files.map(({ path }) => path));
    const ours = imports.filter(({ to }) => /^(src|examples)\//.test(to));
    expect(ours.filter(({ to }) => !paths.has(to))).toEqual([]);
  });

  it("form no circle of files", () => {
    expect(findCircle(imports)).toBeNull();
  });

  it("form no circle of folders", () => {
    const arrows = imports.map((one) => arrowOf(one, DIAGRAM)).filter((arrow) => arrow !== null);
    expect(arrows).not.toEqual([]);
    expect(findCircle(arrows)).toBeNull();
  });

  it.each(DIAGRAM.folders)("name only the packages that are listed here: %s", (folder) => {
    const packages = imports
      .filter(({ from, to }) => folderOf(from, DIAGRAM) === folder && !/^\w+\/.*\.ts$/.test(to))
      .map(({ to }) => to);
    expect([...new Set(packages)].toSorted()).toEqual(PACKAGES[folder] ?? []);
  });
});

describe("the platform", () => {
  it("is named by src/worker alone", () => {
    const naming = files.filter(({ text }) => text.includes('"cloudflare:'));
    expect(new Set(naming.map(({ path }) => folderOf(path, DIAGRAM)))).toEqual(
      new Set(["src/worker"]),
    );
  });
});

describe("a pure folder", () => {
  it.each(PURE)("has no clock, randomness, timer, network or output of its own: %s", (folder) => {
    const impure = files
      .filter(({ path, text }) => folderOf(path, DIAGRAM) === folder && IMPURE.test(text))
      .map(({ path }) => path);
    expect(impure).toEqual([]);
  });
});

describe("the length", () => {
  it.each([
    ["README.md", 150],
    ["ARCHITECTURE.md", 119],
  ])("of %s is at most %i lines", (file, lines) => {
    expect(readOwn(file).trimEnd().split("\n").length).toBeLessThanOrEqual(lines);
  });
});
