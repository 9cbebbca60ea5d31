/** The conditions between keys, and those of keys with a syntax of their own. */
import { describe, expect, it } from "vitest";
import { parseConfig } from "../../src/config/parse-config.ts";

type Table = Readonly<Record<string, unknown>>;

function faultsOf(tables: { server?: Table; auth?: Table }): readonly string[] {
  const config = parseConfig(tables);
  return config.ok ? [] : config.failure;
}

describe("the paths of TLS", () => {
  const fault = "server.tls_cert_path and server.tls_key_path go together: set both or neither";

  it.each([
    ["neither", {}, []],
    ["both", { tls_cert_path: "c.pem", tls_key_path: "k.pem" }, []],
    ["the certificate alone", { tls_cert_path: "c.pem" }, [fault]],
    ["the key alone", { tls_key_path: "k.pem", tls_enabled: true }, [fault]],
  ])("are set together or not at all: %s", (_, server, faults) => {
    expect(faultsOf({ server })).toEqual(faults);
  });
});

describe("an allowed origin", () => {
  it.each([
    "*",
    "https://example.com",
    "http://localhost:3000",
    "https://xn--nxasmq6b.example",
    "http://[::1]:8080",
    "https://*.example.com",
    "https://*.a.example.com:8443",
    "http://*.localhost:3000",
    "https://*.xn--e1afmkfd.xn--p1ai",
    "tauri://localhost",
    "capacitor://localhost",
    "ionic://localhost",
    "app://obsidian.md",
    "chrome-extension://gcbommkclmclpchllfjekcdonpmejbdp",
    "moz-extension://6ee3cbd6-1b9c-4b9b-9d7d-1a1b3f6a8f3a",
    "file://",
    "null",
  ])("[UP5] may be %s", (origin) => {
    expect(faultsOf({ server: { allowed_origins: [origin] } })).toEqual([]);
  });

  it.each([
    "",
    "example.com",
    "https://example.com/",
    "https://example.com/a",
    "https://example.com:443",
    "HTTPS://example.com",
    "https://bücher.example",
    "https://*",
    "https://*.com",
    "https://*.",
    "https://*.1.2.3.4",
    "https://*.[::1]",
    "https://*.*.example.com",
    "https://a.*.example.com",
    "https://*a.example.com",
    "https://*.example.com/",
    "https://*.example.com:443",
    "https://*.evil.com#.example.com",
    "https://*.user@example.com",
    "*.example.com",
    "tauri://*.localhost",
    "chrome-extension://*",
    "chrome-extension://abc/page.html",
    "tauri://",
    "Null",
    "wss://example.com",
    "file:///home",
  ])("[UP5] must not be %j: no browser sends it, so no page could connect", (origin) => {
    expect(faultsOf({ server: { allowed_origins: ["*", origin] } })).toEqual([
      `server.allowed_origins must hold origins like "https://example.com" or "*", got ${JSON.stringify(origin)}`,
    ]);
  });
});

describe("the API keys", () => {
  it.each([
    "",
    ":",
    "alice",
    "alice:",
    ":secret",
    "al\nice:secret",
    `${"x".repeat(129)}:t`,
    `alice:${"t".repeat(4097)}`,
  ])("must all be pairs, and the fault names the place of %.20j", (pair) => {
    expect(faultsOf({ auth: { api_keys: ["bob:good", pair] } })).toEqual([
      "auth.api_keys[1] must be a client_id:token pair",
    ]);
  });

  it("[ID4] may not name the client that is reserved for signals of backends, and the fault repeats no token", () => {
    expect(
      faultsOf({ auth: { api_keys: ["bob:good", "backend:secret", "Backend:other"] } }),
    ).toEqual(['auth.api_keys[1] names the client "backend", which only the admin API may']);
  });

  it.each([
    ["a client may have two tokens", ["a:1", "a:2"], []],
    ["a pair may be repeated", ["a:1", "a:1"], []],
    ["two clients may not share a token", ["a:1", "b:2", "c:1"], [2]],
  ])("[UP2] identify each client by its token alone, so %s", (_, api_keys, wrong) => {
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
      "both published test credentials",
      { api_keys: ["test_client_1:test_token_1", "a:b", "test_client_2:test_token_2"] },
      [1, 2].map(
        (client) =>
          `auth.api_keys holds the published test credentials of test_client_${client}, which everybody knows: remove them`,
      ),
    ],
    [
      "the published placeholder, although it is long enough",
      { token_secret: placeholder },
      ["auth.token_secret is the published placeholder, which everybody knows: replace it"],
    ],
    ["a secret of 31 bytes", { token_secret: "x".repeat(31) }, [short]],
    ["a secret of one byte", { token_secret: "x" }, [short]],
  ])("must not hold %s, which one in development may", (_, auth, faults) => {
    expect(deployed(auth)).toEqual(faults);
    expect(local(auth)).toEqual([]);
  });

  it.each<[string, Table]>([
    ["no secret", { token_secret: "" }],
    ["a secret of 32 bytes", { token_secret: "x".repeat(32) }],
    ["a secret of 32 bytes in 16 characters", { token_secret: "é".repeat(16) }],
    ["API keys of its own", { api_keys: ["test_client_1:another", "alice:secret"] }],
  ])("may hold %s", (_, auth) => {
    expect(deployed(auth)).toEqual([]);
  });

  it("is every configuration whose server.development is not true", () => {
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

function notInHeader(section: string): string {
  return `${section}.token must be visible ASCII without spaces`;
}

describe("the bearer token", () => {
  describe.each(["admin", "metrics"])("of %s", (section) => {
    it.each([
      ["", []],
      ["0123456789abcdef", []],
      ["0123456789abcde", [tooShort(section)]],
      ["0123456789 abcdef", [notInHeader(section)]],
      ["0123456789abcdef\n", [notInHeader(section)]],
      ["0123456789abcdéf", [notInHeader(section)]],
      ["é", [notInHeader(section), tooShort(section)]],
    ])("is long where it is deployed, and fits into a header: %j", (token, faults) => {
      expect(tokenFaults(section, token, false)).toEqual(faults);
      for (const fault of faults) expect(fault).not.toContain("0123");
    });

    it("may be short in development, but must fit into a header", () => {
      expect(tokenFaults(section, "dev", true)).toEqual([]);
      expect(tokenFaults(section, "d v", true)).toEqual([notInHeader(section)]);
    });
  });
});
