/** The type of a configuration; `npm run types` is what fails. */
import { expect, expectTypeOf, it } from "vitest";
import { FLAT_KEYS, KEYS, type Config, type FlatKey, type Section } from "../../src/config/keys.ts";
import { parseConfig } from "../../src/config/parse-config.ts";
import type { Result } from "../../src/protocol/result.ts";

it("has the type that each key's kind gives", () => {
  expectTypeOf<Config["server"]["port"]>().toEqualTypeOf<number>();
  expectTypeOf<Config["server"]["host"]>().toEqualTypeOf<string>();
  expectTypeOf<Config["server"]["allowed_origins"]>().toEqualTypeOf<string[]>();
  expectTypeOf<Config["server"]["tls_enabled"]>().toEqualTypeOf<boolean>();
  expectTypeOf<Config["auth"]["auth_method"]>().toEqualTypeOf<"token">();
  expectTypeOf<Config["logging"]["level"]>().toEqualTypeOf<"error" | "warn" | "info" | "debug">();
  expectTypeOf<Config["logging"]["format"]>().toEqualTypeOf<"json" | "text">();
  expectTypeOf<keyof Config>().toEqualTypeOf<Section>();
  expectTypeOf<Section>().toEqualTypeOf<
    "server" | "auth" | "logging" | "metrics" | "routing" | "events" | "admin" | "limits"
  >();
  expectTypeOf(parseConfig).returns.toEqualTypeOf<Result<Config, readonly string[]>>();
});

it("is read only, and knows no other key", () => {
  expectTypeOf(misuse).parameters.toEqualTypeOf<[Config, Config]>();
});

/** Never called: each line is an error of types, or `npm run types` fails. */
function misuse(config: Config, other: Config): void {
  // @ts-expect-error -- a section is never replaced
  config.server = other.server;
  // @ts-expect-error -- nor a key
  config.server.port = other.server.port;
  // @ts-expect-error -- mistyped
  expect(config.server.prot).toBeUndefined();
}

it("is one row for each key of the table", () => {
  expectTypeOf(FLAT_KEYS).toEqualTypeOf<readonly FlatKey[]>();
  const names = Object.entries(KEYS).flatMap(([section, rows]) =>
    Object.keys(rows).map((key) => `${section}.${key}`),
  );
  expect(FLAT_KEYS.map(({ section, key }) => `${section}.${key}`)).toEqual(names);
});
