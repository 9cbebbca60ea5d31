/** What the SDK's README says against what the code does. Its snippets are compiled by `npm run check:package`. */
import { describe, expect, it } from "vitest";
import { fillTables } from "../../scripts/docs-tables.ts";
import { parseOptions } from "../../src/client/options.ts";
import { readOwn } from "../support/own-settings.ts";

const README = readOwn("src/client/README.md");

describe("the SDK's README", () => {
  it("has the errors as the code prints them (`npm run docs` writes them)", () => {
    expect(README).toContain("<!-- table: client errors -->");
    expect(README).toBe(fillTables(README));
  });

  it("has every option with its default", () => {
    const rows = README.matchAll(/^\| `(\w+)` \|(.*?)\| .+ \|$/gm);
    const documented = new Map(Array.from(rows, ([, name, value]) => [name, value?.trim()]));
    const settings = parseOptions({ url: "ws://hub.test/", clientId: "a", token: "t" });
    for (const [name, value] of Object.entries(settings)) {
      expect([name, documented.get(name)]).toEqual([
        name,
        typeof value === "number" ? `${value}` : "",
      ]);
    }
    expect(documented.get("WebSocket")).toBe("the platform's");
  });

  it("holds a conversation in twelve lines", () => {
    const [, snippet = ""] = /```ts\n([^]*?)```/.exec(README) ?? [];
    const lines = snippet.split("\n").filter((line) => line !== "");
    expect(lines).toHaveLength(12);
  });
});
