import { expect, it } from "vitest";
import { BUILD } from "../../src/worker/build-info.ts";
import { readOwn, WRANGLER } from "../support/own-settings.ts";

it("[UP1] tells /health the version of package.json and the date of wrangler.toml", () => {
  const { version }: { version: unknown } = JSON.parse(readOwn("package.json"));
  expect(BUILD).toEqual({ version, compatibilityDate: WRANGLER["compatibility_date"] });
});
