/** The table of keys against wrangler.toml, and against the configuration file of the original protocol document. */
import { parse } from "smol-toml";
import { describe, expect, it } from "vitest";
import { FLAT_KEYS } from "../../src/config/keys.ts";
import { parseConfig } from "../../src/config/parse-config.ts";
import { success } from "../../src/protocol/result.ts";
import { MAX_MESSAGE_BYTES } from "../../src/protocol/limits.ts";
import { DEVELOPMENT_VARS, WRANGLER_VARS } from "../support/own-settings.ts";

/** The app-config.toml of the original protocol document, word by word. */
const ORIGINAL_FILE = `
[server]
host = "127.0.0.1"
port = 8080
max_connections = 1000
heartbeat_interval = 30
tls_enabled = false

[auth]
token_secret = "your-secret-key-change-in-production"
token_expiry = 3600
auth_method = "token"
api_keys = [
    "test_client_1:test_token_1",
    "test_client_2:test_token_2"
]

[logging]
level = "info"
format = "json"
console_output = true

[metrics]
enabled = true
port = 9090
host = "127.0.0.1"
`;

/** The values of keys whose kind makes something else of them than the text in the file. */
const EMPTY_ACCOUNT = { ...WRANGLER_VARS["events"], pubsub_service_account: null };
const DEFAULTS = { ...WRANGLER_VARS, events: EMPTY_ACCOUNT };
const PUBLISHED_KEYS = [1, 2].map((n) => ({
  clientId: `test_client_${n}`,
  token: `test_token_${n}`,
}));

describe("the table of keys", () => {
  it("has the keys of wrangler.toml in the same order, and its values as defaults", () => {
    const fromTable = FLAT_KEYS.map((row) => [row.section, row.key, row.default]);
    const fromFile = Object.entries(WRANGLER_VARS).flatMap(([section, table]) =>
      Object.entries(table).map(([key, value]) => [section, key, value]),
    );
    expect(fromTable).toEqual(fromFile);
  });

  it("[FR3] limits messages to the protocol's largest by default", () => {
    const row = FLAT_KEYS.find(({ key }) => key === "max_message_size");
    expect(row?.default).toBe(MAX_MESSAGE_BYTES);
  });

  it.each([
    ["server.host", "SIGNAL_MANAGER_SERVER_HOST"],
    ["server.port", "SIGNAL_MANAGER_SERVER_PORT"],
    ["auth.token_secret", "SIGNAL_MANAGER_AUTH_TOKEN_SECRET"],
    ["logging.level", "SIGNAL_MANAGER_LOGGING_LEVEL"],
  ])("gives %s the variable %s", (name, variable) => {
    const row = FLAT_KEYS.find(({ section, key }) => `${section}.${key}` === name);
    expect(row?.variable).toBe(variable);
  });

  it("gives every key a variable of its own", () => {
    const variables = FLAT_KEYS.map((row) => row.variable);
    expect(new Set(variables).size).toBe(variables.length);
    expect(variables.filter((name) => !/^SIGNAL_MANAGER_[A-Z_]+$/.test(name))).toEqual([]);
  });

  it("marks these keys as secret, and documents every key in one line", () => {
    const secret = FLAT_KEYS.filter((row) => row.secret === true);
    expect(secret.map(({ section, key }) => `${section}.${key}`)).toEqual([
      "auth.token_secret",
      "auth.api_keys",
      "metrics.token",
      "events.pubsub_service_account",
      "admin.token",
    ]);
    expect(FLAT_KEYS.filter(({ doc }) => !/^[^\n|]{20,}\.$/.test(doc))).toEqual([]);
  });
});

describe("a configuration", () => {
  it("has every default where nothing is set, and then accepts nobody", () => {
    const config = parseConfig({});
    expect(config).toEqual(success(DEFAULTS));
    expect(config).toEqual(parseConfig(WRANGLER_VARS));
    expect(config).toMatchObject({
      value: { server: { development: false }, auth: { token_secret: "", api_keys: [] } },
    });
  });

  it("accepts the configuration file of the original protocol document in development", () => {
    const { auth, ...others } = parse(ORIGINAL_FILE);
    const config = parseConfig({ auth, ...others, SIGNAL_MANAGER_SERVER_DEVELOPMENT: "true" });
    expect(config).toMatchObject(success({ ...others, auth: withKeys(auth) }));
  });

  it("of `npm start` is wrangler.toml with the published test credentials", () => {
    const { auth } = parse(ORIGINAL_FILE);
    const config = parseConfig({ ...WRANGLER_VARS, ...DEVELOPMENT_VARS });
    expect(config).toMatchObject(success({ auth: withKeys(auth), server: { development: true } }));
  });

  it("ignores the bindings among the settings", () => {
    const bindings = {
      HUB: { getByName: () => null },
      UPGRADES: {},
      VERSION: { id: "", tag: "", timestamp: "" },
      OTHER: "x",
      other: "x",
      Host: "x",
    };
    expect(parseConfig({ ...WRANGLER_VARS, ...bindings })).toEqual(success(DEFAULTS));
  });
});

function withKeys(auth: unknown): object {
  return { ...(auth as object), api_keys: PUBLISHED_KEYS };
}
