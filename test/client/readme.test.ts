/** Compares the SDK's README with the code. `npm run check:package` compiles its snippets. */
import { describe, expect, it } from "vitest";
import { fillTables } from "../../scripts/docs-tables.ts";
import { parseOptions } from "../../src/client/options.ts";
import { readOwn } from "../support/own-settings.ts";

const README = readOwn("src/client/README.md");

describe("the SDK's README", () => {
  it("has the tables of errors and of clocks that `npm run docs` writes", () => {
    expect(README).toContain("<!-- table: client errors -->");
    expect(README).toContain("<!-- table: client clocks -->");
    expect(README).toBe(fillTables(README));
  });

  it("lists every option with its default", () => {
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

  it("shows a conversation in twelve lines", () => {
    const [, snippet = ""] = /```ts\n([^]*?)```/.exec(README) ?? [];
    const lines = snippet.split("\n").filter((line) => line !== "");
    expect(lines).toHaveLength(12);
  });
});
