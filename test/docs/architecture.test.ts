/** Which folder may know which: protocol ← hub, auth, events, config, log ← worker, and protocol ← client ← demo. */
import { describe, expect, it } from "vitest";
import { importsOf, sourceFiles, type Import } from "../support/source-files.ts";

const files = sourceFiles("src");
const imports = files.flatMap(importsOf);

/** What the files of each folder may import: folders of ours by name, and packages. */
const ALLOWED: Readonly<Record<string, readonly string[]>> = {
  protocol: ["protocol"],
  auth: ["auth", "protocol", "jose", "node:crypto"],
  config: ["config", "events", "protocol", "zod"],
  events: ["events", "protocol", "jose"],
  hub: ["hub", "protocol", "auth"],
  log: ["log", "protocol", "hub", "admin"],
  ledger: ["ledger", "events", "hub", "protocol"],
  admin: ["admin", "auth", "protocol", "hono", "hono/body-limit", "zod"],
  client: ["client", "protocol"],
  demo: ["demo", "client", "protocol"],
  worker: [
    "worker",
    "hub",
    "auth",
    "config",
    "log",
    "events",
    "ledger",
    "admin",
    "protocol",
    "hono",
    "zod",
    "cloudflare:workers",
  ],
};

function folderOf(path: string): string {
  return /^src\/(?<folder>[^/]+)\//.exec(path)?.groups?.["folder"] ?? path;
}

describe("imports", () => {
  it("are found: of every folder, and as many as there are", () => {
    expect([...new Set(files.map(({ path }) => folderOf(path)))].toSorted()).toEqual(
      Object.keys(ALLOWED).toSorted(),
    );
    expect(imports.length).toBeGreaterThan(100);
    expect(imports).toContainEqual({
      from: "src/hub/hub.ts",
      to: "src/protocol/frame.ts",
    });
  });

  it.each(Object.entries(ALLOWED))("of src/%s name nothing but %j", (folder, allowed) => {
    const strangers = imports.filter(
      ({ from, to }) => folderOf(from) === folder && !allowed.includes(folderOf(to)),
    );
    expect(strangers).toEqual([]);
  });

  it("name files that are there, with their ending", () => {
    const paths = new Set(files.map(({ path }) => path));
    const missing = imports.filter(({ to }) => to.startsWith("src/") && !paths.has(to));
    expect(missing).toEqual([]);
  });

  it("of cloudflare:workers are in src/worker alone, and so is the very word in code", () => {
    const saying = files.filter(({ text }) => text.includes('"cloudflare:'));
    expect(
      saying.map(({ path }) => folderOf(path)).filter((folder) => folder !== "worker"),
    ).toEqual([]);
    expect(saying).not.toEqual([]);
  });

  it("run in no circle, types included", () => {
    expect(findCircle(imports)).toBeNull();
  });

  it("in a circle would be found", () => {
    const circle = [
      { from: "a", to: "b" },
      { from: "b", to: "c" },
      { from: "c", to: "b" },
    ];
    expect(findCircle(circle)).toEqual(["b", "c", "b"]);
    expect(findCircle(circle.slice(0, 2))).toBeNull();
  });
});

describe("the pure folders", () => {
  const PURE = ["protocol", "hub", "auth", "config", "log", "ledger", "admin"];
  /** Time, randomness, timers, network and output arrive as arguments. */
  const IMPURE =
    /\b(Date\.now|new Date\(\)|performance\.|Math\.random|crypto\.randomUUID|setTimeout|setInterval|fetch\(|console\.)/;

  it.each(PURE)("have neither clock nor chance nor network of their own: src/%s", (folder) => {
    const impure = files.filter(({ path, text }) => folderOf(path) === folder && IMPURE.test(text));
    expect(impure.map(({ path }) => path)).toEqual([]);
  });
});

/** The first circle among the imports, as the files along it; null: none. */
function findCircle(edges: readonly Import[]): string[] | null {
  const next = Map.groupBy(edges, ({ from }) => from);
  const done = new Set<string>();
  const walk = (path: string, trail: readonly string[]): string[] | null => {
    const start = trail.indexOf(path);
    if (start !== -1) return [...trail.slice(start), path];
    if (done.has(path)) return null;
    for (const { to } of next.get(path) ?? []) {
      const circle = walk(to, [...trail, path]);
      if (circle !== null) return circle;
    }
    done.add(path);
    return null;
  };
  for (const path of next.keys()) {
    const circle = walk(path, []);
    if (circle !== null) return circle;
  }
  return null;
}
