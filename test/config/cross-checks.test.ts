/** What must hold between keys, and inside those with a syntax of their own. */
import { describe, expect, it } from "vitest";
import { parseApiKey } from "../../src/config/cross-checks.ts";
import { parseConfig } from "../../src/config/parse-config.ts";
import { failed, success } from "../../src/protocol/result.ts";

type Table = Readonly<Record<string, unknown>>;

function faultsOf(tables: { server?: Table; auth?: Table }): readonly string[] {
  const config = parseConfig(tables);
  return config.ok ? [] : config.failure;
}

describe("TLS", () => {
  const fault = "server.tls_cert_path and server.tls_key_path go together: set both or neither";

  it.each([
    ["neither", {}, []],
    ["both", { tls_cert_path: "c.pem", tls_key_path: "k.pem" }, []],
    ["the certificate alone", { tls_cert_path: "c.pem" }, [fault]],
    ["the key alone", { tls_key_path: "k.pem", tls_enabled: true }, [fault]],
  ])("has certificate and key together: %s", (_, server, faults) => {
    expect(faultsOf({ server })).toEqual(faults);
  });
});

describe("an origin", () => {
  it.each([
    "*",
    "https://example.com",
    "http://localhost:3000",
    "https://xn--nxasmq6b.example",
    "http://[::1]:8080",
  ])("[UP5] is %s", (origin) => {
    expect(faultsOf({ server: { allowed_origins: [origin] } })).toEqual([]);
  });

  it.each([
    "",
    "example.com",
    "https://example.com/",
    "https://example.com/a",
    "https://example.com:443",
    "HTTPS://example.com",
    "https://*.example.com",
    "null",
    "https://bücher.example",
  ])("[UP5] is not %j, which no browser sends: a page could never connect", (origin) => {
    expect(faultsOf({ server: { allowed_origins: ["*", origin] } })).toEqual([
      `server.allowed_origins must hold origins like "https://example.com" or "*", got ${JSON.stringify(origin)}`,
    ]);
  });
});

describe("an API key", () => {
  it.each([
    ["alice:secret", "alice", "secret"],
    ["alice:a:b:", "alice", "a:b:"],
    ["zoë 🦊:clé", "zoë 🦊", "clé"],
    [`alice:${"t".repeat(4096)}`, "alice", "t".repeat(4096)],
    [`${"x".repeat(128)}:t`, "x".repeat(128), "t"],
  ])("is split at its first colon: %.20s", (pair, clientId, token) => {
    expect(parseApiKey(pair)).toEqual(success({ clientId, token }));
  });

  it.each([
    "",
    ":",
    "alice",
    "alice:",
    ":secret",
    "al\nice:secret",
    `${"x".repeat(129)}:t`,
    `alice:${"t".repeat(4097)}`,
  ])("is not %.20j", (pair) => {
    expect(parseApiKey(pair)).toEqual(failed("must be a client_id:token pair"));
    expect(faultsOf({ auth: { api_keys: ["bob:good", pair] } })).toEqual([
      "auth.api_keys[1] must be a client_id:token pair",
    ]);
  });

  it.each([
    ["two tokens of one client", ["a:1", "a:2"], []],
    ["the same pair twice", ["a:1", "a:1"], []],
    ["one token of two clients", ["a:1", "b:2", "c:1"], [2]],
  ])("[UP2] says by its token alone who the client is: %s", (_, api_keys, wrong) => {
    expect(faultsOf({ auth: { api_keys } })).toEqual(
      wrong.map(
        (index) => `auth.api_keys[${index}] has the token of another client: each needs its own`,
      ),
    );
  });
});

describe("a deployed configuration", () => {
  const placeholder = "your-secret-key-change-in-production";
  const deployed = (auth: Table) => faultsOf({ auth });
  const local = (auth: Table) => faultsOf({ auth, server: { development: true } });
  const short = "auth.token_secret must be at least 32 bytes (try: openssl rand -base64 48)";

  it.each<[string, Table, string[]]>([
    [
      "both test credentials",
      { api_keys: ["test_client_1:test_token_1", "a:b", "test_client_2:test_token_2"] },
      [0, 2].map(
        (index) =>
          `auth.api_keys[${index}] is one of the document's test credentials, which everybody knows: remove it`,
      ),
    ],
    [
      "the placeholder, although it is long enough",
      { token_secret: placeholder },
      ["auth.token_secret is the document's placeholder, which everybody knows: replace it"],
    ],
    ["a secret of 31 bytes", { token_secret: "x".repeat(31) }, [short]],
    ["a secret of one byte", { token_secret: "x" }, [short]],
  ])("refuses %s, which a development one accepts", (_, auth, faults) => {
    expect(deployed(auth)).toEqual(faults);
    expect(local(auth)).toEqual([]);
  });

  it.each<[string, Table]>([
    ["no secret", { token_secret: "" }],
    ["a secret of 32 bytes", { token_secret: "x".repeat(32) }],
    ["a secret of 32 bytes in 16 characters", { token_secret: "é".repeat(16) }],
    ["keys of its own", { api_keys: ["test_client_1:another", "alice:secret"] }],
  ])("accepts %s", (_, auth) => {
    expect(deployed(auth)).toEqual([]);
  });

  it("is one unless development says so", () => {
    const auth = { token_secret: placeholder };
    expect(faultsOf({ auth, server: { development: false } })).toHaveLength(1);
    expect(faultsOf({ auth, server: { development: "true" } })).toEqual([]);
  });
});

function tokenFaults(section: string, token: string, development: boolean): readonly string[] {
  const config = parseConfig({ [section]: { token }, server: { development } });
  return config.ok ? [] : config.failure;
}

function tooShort(section: string): string {
  return `${section}.token must be at least 16 bytes (try: openssl rand -base64 24)`;
}

function odd(section: string): string {
  return `${section}.token must be visible ASCII without spaces`;
}

describe("a bearer token", () => {
  describe.each(["admin", "metrics"])("of %s", (section) => {
    it.each([
      ["", []],
      ["0123456789abcdef", []],
      ["0123456789abcde", [tooShort(section)]],
      ["0123456789 abcdef", [odd(section)]],
      ["0123456789abcdef\n", [odd(section)]],
      ["0123456789abcdéf", [odd(section)]],
      ["é", [odd(section), tooShort(section)]],
    ])("once deployed is long, and what a header can say: %j", (token, faults) => {
      expect(tokenFaults(section, token, false)).toEqual(faults);
      for (const fault of faults) expect(fault).not.toContain("0123");
    });

    it("may be short in development", () => {
      expect(tokenFaults(section, "dev", true)).toEqual([]);
      expect(tokenFaults(section, "d v", true)).toEqual([odd(section)]);
    });
  });
});
