/**
 * What the documents point at: files, headings, npm scripts and decisions exist, and the index of decisions is complete.
 */
import { existsSync, readdirSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { readOwn } from "../support/own-settings.ts";
import { DOCUMENTS } from "./documents.ts";

const LINK = /\]\((?<target>[^)\s]+)\)/g;

interface Link {
  readonly file: string;
  readonly anchor: string | null;
}

/** The links of a document to files of this repository, from the root. */
function linksOf(document: string): Link[] {
  return Array.from(withoutCode(readOwn(document)).matchAll(LINK), ({ groups }) => {
    const [path = "", anchor = null] = (groups?.["target"] ?? "").split("#");
    return { file: path === "" ? document : outward(document, path), anchor };
  }).filter(({ file }) => !/^\w+:/.test(file));
}

function outward(document: string, path: string): string {
  return /^\w+:/.test(path) ? path : join(dirname(document), path);
}

function withoutCode(markdown: string): string {
  return markdown.replaceAll(/^```[^]*?^```$/gm, "").replaceAll(/`[^`\n]*`/g, "");
}

/** The anchors that GitHub gives to the headings of a document. */
function anchorsOf(document: string): string[] {
  return Array.from(readOwn(document).matchAll(/^#+ (.+)$/gm), ([, heading = ""]) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}_ -]/gu, "")
      .replaceAll(" ", "-"),
  );
}

describe("the links", () => {
  it.each(DOCUMENTS)("of %s lead to files and headings that exist", (document) => {
    const broken = linksOf(document).filter(
      ({ file, anchor }) =>
        !existsSync(file) ||
        (anchor !== null && statSync(file).isFile() && !anchorsOf(file).includes(anchor)),
    );
    expect(broken).toEqual([]);
  });

  it("are found in a document, with their anchors", () => {
    expect(linksOf("docs/troubleshooting.md")).toContainEqual({
      file: "PROTOCOL.md",
      anchor: "framing",
    });
    expect(anchorsOf("PROTOCOL.md")).toContain("the-end-of-a-session");
  });
});

describe("the commands", () => {
  const { scripts }: { readonly scripts: Readonly<Record<string, string>> } = JSON.parse(
    readOwn("package.json"),
  );

  it.each(DOCUMENTS)("of %s are scripts of package.json", (document) => {
    const named = Array.from(
      readOwn(document).matchAll(/\bnpm run (?:--silent )?([\w:]+)/g),
      ([, name = ""]) => name,
    );
    expect(named.filter((name) => !(name in scripts))).toEqual([]);
  });
});

describe("ARCHITECTURE.md", () => {
  /** `hub/deliver.ts` is short for `src/hub/deliver.ts`. A name in capitals stands for any. */
  const paths = Array.from(
    readOwn("ARCHITECTURE.md").matchAll(/`([\w-]+(?:\/[\w.-]+)+\/?)`/g),
    ([, path = ""]) => path,
  ).filter((path) => !path.includes("NAME"));

  it("names only files and folders that exist", () => {
    expect(paths.length).toBeGreaterThan(20);
    const missing = paths.filter((path) => !existsSync(path) && !existsSync(`src/${path}`));
    expect(missing).toEqual([]);
  });
});

describe("the decisions", () => {
  const folder = "docs/decisions";
  const files = readdirSync(folder)
    .filter((name) => name !== "README.md")
    .toSorted();

  it("are numbered without a gap", () => {
    const numbers = files.map((name) => name.slice(0, 5));
    expect(numbers).toEqual(files.map((_, at) => `${String(at + 1).padStart(4, "0")}-`));
  });

  it("stand in the index, in their order", () => {
    const index = readOwn(`${folder}/README.md`);
    const rows = Array.from(index.matchAll(/^\| \[\d{4}\]\((.+?)\)/gm), ([, name]) => name);
    expect(rows).toEqual(files);
  });

  it.each(files)("have a number, a date, a status and three sections: %s", (name) => {
    const text = readOwn(`${folder}/${name}`);
    expect(text).toMatch(
      new RegExp(
        `^# ${name.slice(0, 4)}\\. .+\n\n20\\d\\d-\\d\\d-\\d\\d, (accepted|refused|superseded by \\[)`,
      ),
    );
    const sections = Array.from(text.matchAll(/^## (.+)$/gm), ([, heading]) => heading);
    expect(sections).toEqual(["Context", "Decision", "Refused"]);
  });
});
