/** The values that a key may have, in wrangler.toml and as the text of a variable. */
import { describe, expect, it } from "vitest";
import { FLAT_KEYS, type FlatKey } from "../../src/config/keys.ts";
import { parseConfig } from "../../src/config/parse-config.ts";
import type { Settings } from "../../src/config/keys.ts";
import { WRANGLER_VARS } from "../support/own-settings.ts";

/** The value of `section.key`, or the faults. */
function valueOf(name: string, settings: Settings): unknown {
  const config = parseConfig(settings);
  if (!config.ok) return config.failure;
  const [section = "", key = ""] = name.split(".");
  const tables: Readonly<Record<string, Readonly<Record<string, unknown>>>> = config.value;
  return tables[section]?.[key];
}

function keys(...pairs: [string, string][]) {
  return pairs.map(([clientId, token]) => ({ clientId, token }));
}

function variableOf(name: string): string {
  const row = FLAT_KEYS.find(({ section, key }) => `${section}.${key}` === name);
  if (row === undefined) throw new Error(`no key is named ${name}`);
  return row.variable;
}

function inFile(name: string, value: unknown): Settings {
  const [section = "", key = ""] = name.split(".");
  return { [section]: { [key]: value } };
}

/** Every kind but texts and lists. */
function mustNotBeEmpty({ default: value }: FlatKey): boolean {
  return value !== "" && !Array.isArray(value);
}

describe("a variable", () => {
  it.each<[string, string, unknown]>([
    ["server.host", "0.0.0.0", "0.0.0.0"],
    ["server.host", " ", " "],
    ["server.port", "9000", 9000],
    ["server.port", "0", 0],
    ["server.port", "08080", 8080],
    ["limits.frames_per_second", "0", 0],
    ["server.tls_enabled", "true", true],
    ["auth.anonymous_upgrade", "false", false],
    ["logging.level", "debug", "debug"],
    ["logging.format", "text", "text"],
    ["auth.auth_method", "token", "token"],
    ["auth.api_keys", "a:1,b:2", keys(["a", "1"], ["b", "2"])],
    ["auth.api_keys", " a:1 , ,b:2,", keys(["a", "1"], ["b", "2"])],
    ["auth.api_keys", '["a:1,5","b:2"]', keys(["a", "1,5"], ["b", "2"])],
    ["auth.api_keys", ' ["a:1"] ', keys(["a", "1"])],
    ["auth.api_keys", "[]", []],
    [
      "server.allowed_origins",
      "https://a.example, http://localhost:3000",
      ["https://a.example", "http://localhost:3000"],
    ],
    ["server.allowed_origins", ",", []],
    ["server.allowed_origins", " ", []],
  ])("overrides %s with %j", (name, text, value) => {
    expect(valueOf(name, { ...WRANGLER_VARS, [variableOf(name)]: text })).toEqual(value);
  });

  it.each(FLAT_KEYS.filter(mustNotBeEmpty).map((row) => [row.variable, row]))(
    "of a number, a flag or a choice is ignored while it is empty: %s",
    (variable, row) => {
      const name = `${row.section}.${row.key}`;
      expect(valueOf(name, { [variable]: "" })).toEqual(row.default);
    },
  );

  it.each<[string, unknown, unknown]>([
    ["auth.token_secret", "x".repeat(32), ""],
    ["auth.api_keys", ["a:1"], []],
    // An ignored variable would leave "*" in force, which allows every page.
    ["server.allowed_origins", ["https://a.example"], []],
    ["server.allowed_origins", undefined, []],
  ])("that is empty clears %s, which was %j, and so lets nobody in", (name, value, emptied) => {
    expect(valueOf(name, { ...inFile(name, value), [variableOf(name)]: "" })).toEqual(emptied);
  });

  it("that is empty clears the paths of TLS", () => {
    const server = { tls_cert_path: "c.pem", tls_key_path: "k.pem" };
    const variables = {
      SIGNAL_MANAGER_SERVER_TLS_CERT_PATH: "",
      SIGNAL_MANAGER_SERVER_TLS_KEY_PATH: "",
    };
    expect(valueOf("server.tls_cert_path", { server, ...variables })).toBe("");
    expect(valueOf("server.tls_key_path", { server, ...variables })).toBe("");
  });

  it("is ignored under any other name", () => {
    expect(
      valueOf("server.port", { signal_manager_server_port: "1", SERVER_PORT: "2", PORT: "3" }),
    ).toBe(8080);
  });
});

describe("routing.hubs", () => {
  it("may be a number or per-client, in the file and in a variable", () => {
    for (const [value, expected] of [
      [7, 7],
      ["7", 7],
      ["per-client", "per-client"],
    ] as const) {
      expect(valueOf("routing.hubs", inFile("routing.hubs", value))).toBe(expected);
      expect(valueOf("routing.hubs", { [variableOf("routing.hubs")]: String(value) })).toBe(
        expected,
      );
    }
  });

  it.each([0, 1025, 1.5, "many", "per-room", "-1"])("must not be %j", (value) => {
    const message = 'must be a whole number from 1 to 1024, or "per-client"';
    expect(valueOf("routing.hubs", inFile("routing.hubs", value))).toEqual([
      `routing.hubs ${message}, got ${JSON.stringify(value)}`,
    ]);
  });
});

describe("the keys of whole numbers", () => {
  const bounds: [string, number, number][] = [
    ["server.port", 0, 65_535],
    ["server.max_connections", 1, 32_000],
    ["server.heartbeat_interval", 1, 3600],
    ["server.min_silence", 0, 3600],
    ["server.connect_timeout", 1, 300],
    ["auth.token_expiry", 1, 31_536_000],
    ["metrics.port", 0, 65_535],
    ["events.ledgers", 1, 64],
    ["events.max_stored", 1000, 10_000_000],
    ["events.pubsub_timeout", 1, 120],
    ["limits.max_message_size", 65_556, 1_048_576],
    ["limits.message_buffer_size", 1024, 1_048_576],
    ["limits.frames_per_second", 0, 1_000_000],
    ["limits.frame_burst", 1, 1_000_000],
  ];

  it("are the keys that this test knows", () => {
    // `routing.hubs` may also be a word, and has tests of its own.
    const numbers = FLAT_KEYS.filter(
      (row) => typeof row.default === "number" && row.key !== "hubs",
    );
    expect(numbers.map(({ section, key }) => `${section}.${key}`)).toEqual(
      bounds.map(([name]) => name),
    );
  });

  it.each(bounds)("have their bounds: %s may be from %i to %i", (name, min, max) => {
    for (const value of [min, max]) {
      expect(valueOf(name, inFile(name, value))).toBe(value);
      expect(valueOf(name, { [variableOf(name)]: String(value) })).toBe(value);
    }
    const range = `must be a whole number from ${min} to ${max}`;
    for (const value of [min - 1, max + 1, min + 0.5]) {
      expect(valueOf(name, inFile(name, value))).toEqual([`${name} ${range}, got ${value}`]);
      expect(valueOf(name, { [variableOf(name)]: String(value) })).toEqual([
        `${variableOf(name)} ${range}, got "${value}"`,
      ]);
    }
  });

  it.each([
    "1e3",
    "0x50",
    " 80",
    "80 ",
    "80.0",
    "+80",
    "8_080",
    "١",
    "Infinity",
    "99999999999999999999",
    "true",
  ])("must not have the text %j", (text) => {
    expect(valueOf("server.port", { SIGNAL_MANAGER_SERVER_PORT: text })).toEqual([
      `SIGNAL_MANAGER_SERVER_PORT must be a whole number from 0 to 65535, got ${JSON.stringify(text)}`,
    ]);
  });
});

describe("a value of the wrong kind", () => {
  it.each<[string, unknown, string]>([
    ["server.host", 5, "server.host must be a string, got 5"],
    ["server.host", ["x"], 'server.host must be a string, got ["x"]'],
    ["server.port", true, "server.port must be a whole number from 0 to 65535, got true"],
    ["server.port", {}, "server.port must be a whole number from 0 to 65535, got {}"],
    ["server.tls_enabled", "yes", 'server.tls_enabled must be true or false, got "yes"'],
    ["server.tls_enabled", "True", 'server.tls_enabled must be true or false, got "True"'],
    ["server.tls_enabled", 1, "server.tls_enabled must be true or false, got 1"],
    ["auth.auth_method", "jwt", 'auth.auth_method must be one of token, got "jwt"'],
    ["logging.level", "INFO", 'logging.level must be one of error, warn, info, debug, got "INFO"'],
    [
      "logging.level",
      "trace",
      'logging.level must be one of error, warn, info, debug, got "trace"',
    ],
    ["logging.format", "xml", 'logging.format must be one of json, text, got "xml"'],
    ["server.allowed_origins", null, "server.allowed_origins must be a list of strings, got null"],
    ["auth.anonymous_upgrade", null, "auth.anonymous_upgrade must be true or false, got null"],
    ["server.allowed_origins", 7, "server.allowed_origins must be a list of strings, got 7"],
    [
      "server.allowed_origins",
      { 0: "*" },
      'server.allowed_origins must be a list of strings, got {"0":"*"}',
    ],
    [
      "server.allowed_origins",
      ["*", 7],
      'server.allowed_origins must be a list of strings, got ["*",7]',
    ],
    [
      "server.allowed_origins",
      '["*"',
      'server.allowed_origins must be a list of strings, got "[\\"*\\""',
    ],
    [
      "server.allowed_origins",
      "[7]",
      'server.allowed_origins must be a list of strings, got "[7]"',
    ],
  ])("of %s is refused, with what was expected and what was given: %j", (name, value, fault) => {
    expect(valueOf(name, inFile(name, value))).toEqual([fault]);
  });
});

describe("a key that takes one text", () => {
  const texts = FLAT_KEYS.filter(({ kind }) => kind("plain").value === "plain");
  const ONE_STRING = /must be (?:a string|one string, and not a list or a table)/;
  const LISTS = [
    '["new","old"]',
    ' ["new", "old"] ',
    "['new', 'old']",
    "[new,old]",
    '["new"]',
    "[1]",
    "[]",
    '{"current":"new"}',
    '{ current = "new" }',
    "{}",
  ];

  it.each(texts)("refuses lists, tables and numbers, and repeats no secret: $variable", (row) => {
    const name = `${row.section}.${row.key}`;
    const values: [unknown, Settings][] = [
      ...LISTS.map((text): [unknown, Settings] => [text, { [row.variable]: text }]),
      ...[["new", "old"], { current: "new" }, 7, true].map((value): [unknown, Settings] => [
        value,
        inFile(name, value),
      ]),
    ];
    for (const [value, settings] of values) {
      const faults = valueOf(name, settings);
      expect(faults, JSON.stringify(value)).toEqual([expect.stringMatching(ONE_STRING)]);
      if (row.secret) expect(String(faults)).not.toContain("new");
    }
  });

  it.each(["[", "]", "[x]y", "x[1]", "[9fK", "{9fK", "a,b", '"a"', "[abc]"])(
    "takes %j, which is no list",
    (text) => {
      const settings = {
        SIGNAL_MANAGER_ADMIN_TOKEN: text,
        SIGNAL_MANAGER_SERVER_DEVELOPMENT: "true",
      };
      expect(valueOf("admin.token", settings)).toBe(text);
    },
  );
});

describe("a list in a variable", () => {
  it.each(['{"alice":"secret"}', '"a:1","b:2"', "'a:1', 'b:2'", '"a:1"', "a:1,'b:2'"])(
    "is a fault in quotes or as a table, since no client has such a name: %s",
    (text) => {
      expect(valueOf("auth.api_keys", { SIGNAL_MANAGER_AUTH_API_KEYS: text })).toEqual([
        "SIGNAL_MANAGER_AUTH_API_KEYS must be a list: items between commas and without quotes, or a JSON array",
      ]);
    },
  );

  it.each(["a:'1", 'a:"1"', "a:{1}", "a:1'"])(
    "may have quotes and braces in a token: %s",
    (text) => {
      expect(valueOf("auth.api_keys", { SIGNAL_MANAGER_AUTH_API_KEYS: text })).toEqual(
        keys(["a", text.slice(2)]),
      );
    },
  );
});
