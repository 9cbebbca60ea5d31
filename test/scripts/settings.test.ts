/** The settings of this machine: wrangler.toml, the files of variables, and the shell. */
import { describe, expect, it } from "vitest";
import { mergeSettings, readLocalSettings, type Sources } from "../../scripts/local/settings.ts";
import { parseConfig } from "../../src/config/parse-config.ts";

const TOML = `
name = "x"
[vars.server]
port = 1
[vars.logging]
level = "warn"
`;

function merge(sources: Partial<Sources>) {
  return mergeSettings({ wranglerToml: TOML, varsFiles: [], shell: {}, ...sources });
}

describe("the settings of this machine", () => {
  it("are the tables of wrangler.toml where no variable overrides them", () => {
    expect(merge({})).toEqual({
      ok: true,
      value: { settings: { server: { port: 1 }, logging: { level: "warn" } }, variables: {} },
    });
  });

  it.each([
    ["the first vars file", { varsFiles: ["SIGNAL_MANAGER_SERVER_PORT=2"] }, 2],
    [
      "a later vars file",
      { varsFiles: ["SIGNAL_MANAGER_SERVER_PORT=2", "SIGNAL_MANAGER_SERVER_PORT=3"] },
      3,
    ],
    [
      "the shell",
      {
        varsFiles: ["SIGNAL_MANAGER_SERVER_PORT=2", "SIGNAL_MANAGER_SERVER_PORT=3"],
        shell: { SIGNAL_MANAGER_SERVER_PORT: "4" },
      },
      4,
    ],
  ])("take a key from %s rather than from what comes before", (_, sources, port) => {
    const merged = merge(sources);
    const config = parseConfig(merged.ok ? merged.value.settings : {});
    expect(config).toMatchObject({ ok: true, value: { server: { port } } });
  });

  it("include no variable of the shell but the service's own", () => {
    const shell = { PATH: "/bin", HOME: "/home", SIGNAL_MANAGER_LOGGING_LEVEL: "error" };
    expect(merge({ shell })).toMatchObject({
      value: { variables: { SIGNAL_MANAGER_LOGGING_LEVEL: "error" } },
    });
  });

  it("are refused with a line and a column if wrangler.toml is not TOML", () => {
    const merged = merge({ wranglerToml: "[vars.server]\nport = = 1" });
    expect(merged).toMatchObject({ ok: false, failure: [expect.stringMatching(/wrangler\.toml/)] });
    expect(String(!merged.ok && merged.failure)).toContain("2:");
  });

  it("are refused if wrangler.toml has no [vars] tables", () => {
    expect(merge({ wranglerToml: 'name = "x"' })).toMatchObject({ ok: false });
  });

  it("of this checkout make a valid configuration", () => {
    const local = readLocalSettings(process.cwd(), {});
    expect(parseConfig(local.ok ? local.value.settings : {})).toMatchObject({ ok: true });
  });
});
