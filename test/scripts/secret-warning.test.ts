import { expect, it } from "vitest";
import { secretWarning } from "../../scripts/local/secret-warning.ts";

it.each([
  ["a", 1],
  ["x".repeat(31), 31],
  ["é".repeat(15), 30],
])("warns of a secret that a deployed Worker refuses: %s", (secret, bytes) => {
  expect(secretWarning(secret)).toMatch(`auth.token_secret has ${bytes} bytes`);
});

it.each(["x".repeat(32), "é".repeat(16)])("says nothing of %s", (secret) => {
  expect(secretWarning(secret)).toBeNull();
});
