/** What `npm start` does around wrangler: its arguments, its checks beforehand, and what it prints. */
import { describe, expect, it } from "vitest";
import { announcement, demoLine, exposureWarning } from "../../scripts/local/announcement.ts";
import { listenFault } from "../../scripts/local/listen-check.ts";
import { findTlsFileFaults } from "../../scripts/local/tls-files.ts";
import {
  findOverlaps,
  wranglerArguments,
  wranglerEnvironment,
} from "../../scripts/local/wrangler.ts";
import { parseConfig } from "../../src/config/parse-config.ts";
import type { Settings } from "../../src/config/keys.ts";

const DEVELOPMENT = { SIGNAL_MANAGER_SERVER_DEVELOPMENT: "true" };
const TEST_KEYS = { SIGNAL_MANAGER_AUTH_API_KEYS: "test_client_1:test_token_1" };
const files = { envFile: "/own/settings.env", stateFolder: "/state" };

function configOf(settings: Settings) {
  const config = parseConfig({ ...DEVELOPMENT, ...settings });
  if (!config.ok) throw new Error(config.failure.join("; "));
  return config.value;
}

describe("wrangler's arguments", () => {
  it("name the address, and files in place of settings", () => {
    const settings = { server: { host: "0.0.0.0", port: 81 }, auth: { token_secret: "hidden" } };
    expect(wranglerArguments(configOf(settings).server, files, [])).toEqual([
      "dev",
      "--ip=0.0.0.0",
      "--port=81",
      "--inspector-port=0",
      "--env-file=/own/settings.env",
      "--show-interactive-dev-session=false",
      "--persist-to=/state",
    ]);
  });

  it("request HTTPS with a certificate of wrangler's where none is configured", () => {
    const { server } = configOf({ server: { tls_enabled: true } });
    const args = wranglerArguments(server, files, []);
    expect(args).toContain("--local-protocol=https");
    expect(args.filter((arg) => arg.startsWith("--https"))).toEqual([]);
  });

  it("name the configured certificate and key", () => {
    const tls = { tls_enabled: true, tls_cert_path: "c.pem", tls_key_path: "k.pem" };
    expect(wranglerArguments(configOf({ server: tls }).server, files, [])).toEqual(
      expect.arrayContaining(["--https-key-path=k.pem", "--https-cert-path=c.pem"]),
    );
  });

  it.each([[["--persist-to", "mine"]], [["--persist-to=mine"]]])(
    "leave the folder of the state to %j",
    (extra) => {
      const args = wranglerArguments(configOf({}).server, files, extra);
      expect(args).not.toContain("--persist-to=/state");
      expect(args.slice(-extra.length)).toEqual(extra);
    },
  );

  it("may not hold options that are settings, and the refusal names the setting", () => {
    expect(findOverlaps(["--log-level", "debug", "--port", "9000", "--ip=::"])).toEqual([
      "--ip is a setting here: set server.host, for example by SIGNAL_MANAGER_SERVER_HOST",
      "--port is a setting here: set server.port, for example by SIGNAL_MANAGER_SERVER_PORT",
    ]);
  });
});

it("The environment of wrangler holds none of the settings", () => {
  const shell = { PATH: "/bin", SIGNAL_MANAGER_AUTH_TOKEN_SECRET: "hidden" };
  const environment = wranglerEnvironment(shell);
  expect(environment).toMatchObject({ PATH: "/bin", CLOUDFLARE_INCLUDE_PROCESS_ENV: "false" });
  expect(JSON.stringify(environment)).not.toMatch(/SIGNAL_MANAGER|hidden/);
});

describe("the announcement", () => {
  it("names the address and the published test credentials", () => {
    expect(announcement(configOf(TEST_KEYS), 8080)).toBe(
      "Signal Manager listens on ws://127.0.0.1:8080/  (test credentials: test_client_1 / test_token_1)",
    );
  });

  it("names no other credentials", () => {
    const settings = { server: { tls_enabled: true, host: "::1" }, auth: { api_keys: ["a:b"] } };
    expect(announcement(configOf(settings), 443)).toBe(
      "Signal Manager listens on wss://[::1]:443/",
    );
  });

  it.each([
    [{ host: "127.0.0.1" }, "http://127.0.0.1:8080/demo/"],
    [{ host: "0.0.0.0" }, "http://localhost:8080/demo/"],
    [{ host: "::1", tls_enabled: true }, "https://[::1]:8080/demo/"],
  ])("of a service at %j names the demo's address", (server, url) => {
    expect(demoLine(configOf({ server }), 8080)).toBe(`See a call: open ${url} in a browser`);
  });

  it.each([
    ["127.0.0.1", TEST_KEYS, false],
    ["localhost", TEST_KEYS, false],
    ["0.0.0.0", TEST_KEYS, true],
    ["0.0.0.0", { auth: { api_keys: ["a:b"] } }, false],
  ])(
    "of %s with %j comes with a warning of the test credentials: %s",
    (host, settings, isWarned) => {
      expect(exposureWarning(configOf({ ...settings, server: { host } })) !== null).toBe(isWarned);
    },
  );
});

describe("the check of the TLS files", () => {
  const paths = { tls_cert_path: "package.json", tls_key_path: "absent.pem" };

  it("names a file that cannot be read", () => {
    const { server } = configOf({ server: { tls_enabled: true, ...paths } });
    expect(findTlsFileFaults(process.cwd(), server)).toEqual([
      'server.tls_key_path names a file that cannot be read: "absent.pem"',
    ]);
  });

  it("finds no fault where TLS is off", () => {
    const { server } = configOf({ server: { tls_enabled: false, ...paths } });
    expect(findTlsFileFaults(process.cwd(), server)).toEqual([]);
  });
});

it.each([
  ["EADDRINUSE", /taken.*SIGNAL_MANAGER_SERVER_PORT/],
  ["EACCES", /SIGNAL_MANAGER_SERVER_PORT/],
  ["EADDRNOTAVAIL", /SIGNAL_MANAGER_SERVER_HOST/],
  ["ENOTFOUND", /SIGNAL_MANAGER_SERVER_HOST/],
  ["EOTHER", /EOTHER/],
])("The fault of a listener's %s says what to do", (code, sentence) => {
  expect(listenFault("127.0.0.1", 80, code)).toMatch(sentence);
});
