/** The type of a configuration. Where it is wrong, `npm run types` fails. */
import { expect, expectTypeOf, it } from "vitest";
import type { ApiKey } from "../../src/auth/verifiers/api-keys.ts";
import { FLAT_KEYS, KEYS, type Config, type FlatKey, type Section } from "../../src/config/keys.ts";
import { parseConfig } from "../../src/config/parse-config.ts";
import type { ServiceAccount } from "../../src/events/sinks/pubsub/service-account.ts";
import type { Hubs } from "../../src/hub/placement.ts";
import type { Result } from "../../src/protocol/result.ts";

it("Each key of a configuration has the type of its kind's values", () => {
  expectTypeOf<Config["server"]["port"]>().toEqualTypeOf<number>();
  expectTypeOf<Config["server"]["host"]>().toEqualTypeOf<string>();
  expectTypeOf<Config["server"]["allowed_origins"]>().toEqualTypeOf<string[]>();
  expectTypeOf<Config["server"]["tls_enabled"]>().toEqualTypeOf<boolean>();
  expectTypeOf<Config["auth"]["auth_method"]>().toEqualTypeOf<"token">();
  expectTypeOf<Config["auth"]["api_keys"]>().toEqualTypeOf<ApiKey[]>();
  expectTypeOf<Config["routing"]["hubs"]>().toEqualTypeOf<Hubs>();
  expectTypeOf<Config["events"]["sinks"]>().toEqualTypeOf<("log" | "pubsub" | "none")[]>();
  expectTypeOf<Config["events"]["pubsub_service_account"]>().toEqualTypeOf<ServiceAccount | null>();
  expectTypeOf<Config["logging"]["level"]>().toEqualTypeOf<"error" | "warn" | "info" | "debug">();
  expectTypeOf<Config["logging"]["format"]>().toEqualTypeOf<"json" | "text">();
  expectTypeOf<keyof Config>().toEqualTypeOf<Section>();
  expectTypeOf<Section>().toEqualTypeOf<
    "server" | "auth" | "logging" | "metrics" | "routing" | "events" | "admin" | "limits"
  >();
  expectTypeOf(parseConfig).returns.toEqualTypeOf<Result<Config, readonly string[]>>();
});

it("A configuration is read-only and has no other key", () => {
  expectTypeOf(misuse).parameters.toEqualTypeOf<[Config, Config]>();
});

/** Never called. Each line must be a type error, or `npm run types` fails. */
function misuse(config: Config, other: Config): void {
  // @ts-expect-error -- a section is read-only
  config.server = other.server;
  // @ts-expect-error -- a key is read-only
  config.server.port = other.server.port;
  // @ts-expect-error -- the name is mistyped
  expect(config.server.prot).toBeUndefined();
}

it("FLAT_KEYS has one row per key of the table, in its order", () => {
  expectTypeOf(FLAT_KEYS).toEqualTypeOf<readonly FlatKey[]>();
  const names = Object.entries(KEYS).flatMap(([section, rows]) =>
    Object.keys(rows).map((key) => `${section}.${key}`),
  );
  expect(FLAT_KEYS.map(({ section, key }) => `${section}.${key}`)).toEqual(names);
});
