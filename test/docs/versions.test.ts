/** Version numbers that stand in more than one file. */
import { describe, expect, it } from "vitest";
import { BUILD } from "../../src/worker/build-info.ts";
import { readOwn, WRANGLER } from "../support/own-settings.ts";

interface PackageJson {
  readonly version: string;
  readonly devDependencies: Readonly<Record<string, string>>;
}

const PACKAGE: PackageJson = JSON.parse(readOwn("package.json"));

describe("/health", () => {
  it("[UP1] answers the version of package.json and the date of wrangler.toml", () => {
    expect(BUILD).toEqual({
      version: PACKAGE.version,
      compatibilityDate: WRANGLER["compatibility_date"],
    });
  });
});

describe(".node-version", () => {
  it("names the Node that `npm ci` installs", () => {
    expect(readOwn(".node-version").trim()).toBe(PACKAGE.devDependencies["node"]);
  });
});

describe("CI", () => {
  it("checks the whole history out, since tests build an older commit", () => {
    const workflow = readOwn(".github/workflows/ci.yml");
    expect(workflow).toMatch(/fetch-depth: 0\n/);
    expect(workflow).toContain("run: .ci/run\n");
  });
});
