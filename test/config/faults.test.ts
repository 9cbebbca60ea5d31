/** The faults of a configuration, as an operator reads them. */
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseConfig } from "../../src/config/parse-config.ts";
import type { Settings } from "../../src/config/keys.ts";
import { failed } from "../../src/protocol/result.ts";
import { WRANGLER_VARS } from "../support/own-settings.ts";

function faultsOf(settings: Settings): readonly string[] {
  const config = parseConfig(settings);
  return config.ok ? [] : config.failure;
}

describe("the faults", () => {
  it("of all values are reported together, each with the name of its key", () => {
    const settings = {
      server: { port: -1, prot: 8080, host: 7 },
      logging: { level: "loud" },
      limits: [],
      SIGNAL_MANAGER_METRICS_ENABLED: "maybe",
      SIGNAL_MANAGER_SERVER_PROT: "1",
    };
    expect(parseConfig(settings)).toEqual(
      failed([
        "SIGNAL_MANAGER_SERVER_PROT is not a known key",
        "server.prot is not a known key",
        "limits must be a table",
        "server.host must be a string, got 7",
        "server.port must be a whole number from 0 to 65535, got -1",
        'logging.level must be one of error, warn, info, debug, got "loud"',
        'SIGNAL_MANAGER_METRICS_ENABLED must be true or false, got "maybe"',
      ]),
    );
  });

  it("between keys are reported together", () => {
    const settings = {
      server: { tls_cert_path: "cert.pem", allowed_origins: ["example.com"] },
      auth: { token_secret: "short", api_keys: ["nothing", "test_client_1:test_token_1"] },
    };
    expect(faultsOf(settings).map((fault) => fault.replace(/ .*/, ""))).toEqual([
      "auth.api_keys[0]",
      "server.tls_cert_path",
      "server.allowed_origins",
      "auth.api_keys",
      "auth.token_secret",
    ]);
  });

  it("between keys are reported beside those of a single value", () => {
    const settings = {
      server: { port: -1, tls_cert_path: "cert.pem", allowed_origins: ["example.com"] },
      auth: { token_secret: "short", api_keys: ["nothing"], token_expiry: 0 },
      sever: {},
    };
    expect(faultsOf(settings).map((fault) => fault.replace(/ .*/, ""))).toEqual([
      "sever",
      "server.port",
      "auth.token_expiry",
      "auth.api_keys[0]",
      "server.tls_cert_path",
      "server.allowed_origins",
      "auth.token_secret",
    ]);
  });

  it.each<[string, Settings, string]>([
    ["a path", { server: { tls_cert_path: "c.pem", tls_key_path: 7 } }, "server.tls_key_path"],
    ["the keys", { auth: { api_keys: 7 } }, "auth.api_keys"],
    ["the origins", { server: { allowed_origins: 7 } }, "server.allowed_origins"],
    ["the secret", { auth: { token_secret: 7 } }, "auth.token_secret"],
    [
      "whether it is deployed",
      { server: { development: "yes" }, auth: { token_secret: "short" } },
      "server.development",
    ],
  ])(
    "between keys are not reported where one of the keys could not be parsed: %s",
    (_, settings, name) => {
      expect(faultsOf(settings).map((fault) => fault.replace(/ .*/, ""))).toEqual([name]);
    },
  );

  it.each(["prot", "PORT", "port ", "", "__proto__", "constructor", "toString"])(
    "name the unknown key %j",
    (key) => {
      const server: unknown = JSON.parse(`{${JSON.stringify(key)}:1}`);
      expect(faultsOf({ server })).toEqual([`server.${key} is not a known key`]);
    },
  );

  it.each([
    "SIGNAL_MANAGER_",
    "SIGNAL_MANAGER_PORT",
    "SIGNAL_MANAGER_SERVER_Port",
    "SIGNAL_MANAGER_SERVER_PORT_",
  ])("name the unknown variable %s", (variable) => {
    expect(faultsOf({ [variable]: "1" })).toEqual([`${variable} is not a known key`]);
  });

  it.each(Object.keys(WRANGLER_VARS))("name the section %s where it is not a table", (section) => {
    for (const value of ["x", 7, null, [], [{}]]) {
      expect(faultsOf({ [section]: value })).toEqual([`${section} must be a table`]);
    }
  });
});

describe("a table with an unknown name", () => {
  it.each([
    ["sever", "server"],
    ["Server", "server"],
    ["SERVER", "server"],
    ["servers", "server"],
    ["serevr", "server"],
    ["auht", "auth"],
    ["loging", "logging"],
    ["metric", "metrics"],
    ["LIMIT", "limits"],
  ])("is a fault, which suggests the nearest section: for %s it is %s", (name, section) => {
    for (const value of [{}, { port: 1 }, [], [{ port: 1 }], [[]]]) {
      const fault = `${name} is not a known section: did you mean ${section}?`;
      expect(faultsOf({ [name]: value })).toEqual([fault]);
    }
  });

  it.each(["turn", "my_app", "Turn", "__proto__x", "constructor"])(
    "is a fault, which lists the sections where none is near: %j",
    (name) => {
      expect(faultsOf({ [name]: { url: "x" } })).toEqual([
        `${name} is not a known section: there are ${Object.keys(WRANGLER_VARS).join(", ")} (write the name of a table of your own in capitals)`,
      ]);
    },
  );

  it.each(["TURN", "MY_APP", "CF_VERSION_METADATA", "X"])(
    "is no fault in capitals, since it is the operator's own or a binding: %s",
    (name) => {
      expect(faultsOf({ [name]: { url: "x" } })).toEqual([]);
    },
  );

  it("is no fault where it is a binding: an instance of a class, or a function", () => {
    class Binding {
      readonly get = null;
    }
    expect(faultsOf({ sever: new Binding(), limit: () => null, servers: new Map() })).toEqual([]);
  });
});

describe("a key outside its section", () => {
  it.each<[string, unknown, string]>([
    ["anonymous_upgrade", false, "auth.anonymous_upgrade"],
    ["allowed_origins", ["https://a.example"], "server.allowed_origins"],
    ["token_secret", "x", "auth.token_secret"],
    ["port", 9000, "server.port or metrics.port"],
    ["host", "localhost", "server.host or metrics.host"],
  ])("is a fault, which says where it belongs: %s = %j", (name, value, place) => {
    expect(faultsOf({ [name]: value })).toEqual([
      `${name} stands outside its section: write ${place}`,
    ]);
  });
});

describe("a secret", () => {
  const SECRET = "s3cr3t-of-nobody";

  it.each<[string, Settings, string]>([
    [
      "a list for the secret",
      { auth: { token_secret: [SECRET] } },
      "auth.token_secret must be a string",
    ],
    [
      "a secret that is short",
      { auth: { token_secret: SECRET } },
      "auth.token_secret must be at least 32 bytes (try: openssl rand -base64 48)",
    ],
    [
      "a pair without its colon",
      { auth: { api_keys: [SECRET] } },
      "auth.api_keys[0] must be a client_id:token pair",
    ],
    [
      "a pair without its id",
      { SIGNAL_MANAGER_AUTH_API_KEYS: `a:b,:${SECRET}` },
      "SIGNAL_MANAGER_AUTH_API_KEYS[1] must be a client_id:token pair",
    ],
    [
      "a list with a number",
      { auth: { api_keys: [SECRET, 7] } },
      "auth.api_keys must be a list of strings",
    ],
    [
      "a list without its end",
      { SIGNAL_MANAGER_AUTH_API_KEYS: `["a:${SECRET}"` },
      "SIGNAL_MANAGER_AUTH_API_KEYS must be a list of strings",
    ],
    [
      "an object for the list",
      { auth: { api_keys: { a: SECRET } } },
      "auth.api_keys must be a list of strings",
    ],
    [
      "a token that two clients share",
      { auth: { api_keys: [`a:${SECRET}`, `b:${SECRET}`] } },
      "auth.api_keys[1] has the token of another client: each needs its own",
    ],
  ])("is not in the fault of %s", (_, settings, fault) => {
    expect(faultsOf(settings)).toEqual([fault]);
  });

  it("is in no fault, whatever is wrong with the configuration", () => {
    const value = fc.oneof(
      fc.constantFrom<unknown>(
        SECRET,
        [SECRET],
        { [SECRET]: SECRET },
        [[SECRET]],
        [`a:${SECRET}`, `b:${SECRET}`],
        `[${SECRET}`,
        `["${SECRET}",`,
        [SECRET, 7],
      ),
    );
    fc.assert(
      fc.property(value, value, fc.constantFrom("8080", "x"), (secret, keys, port) => {
        const inTables = { auth: { token_secret: secret, api_keys: keys } };
        const inVariables = {
          SIGNAL_MANAGER_AUTH_TOKEN_SECRET: secret,
          SIGNAL_MANAGER_AUTH_API_KEYS: keys,
        };
        for (const settings of [inTables, inVariables]) {
          const faults = faultsOf({ ...settings, SIGNAL_MANAGER_SERVER_PORT: port });
          expect(faults).not.toEqual([]);
          expect(faults.join("\n")).not.toContain(SECRET);
        }
      }),
    );
  });
});
