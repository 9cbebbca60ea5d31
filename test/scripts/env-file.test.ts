/** The env file, read back by the same reader that `wrangler dev` uses. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { unstable_getVarsForDev as getVarsForDev } from "wrangler";
import { envFileText } from "../../scripts/local/env-file.ts";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "env-file-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** The variables that the Worker gets; null: `envFileText` refused them. */
function throughWrangler(variables: Record<string, string>): Record<string, unknown> | null {
  const text = envFileText(variables);
  if (!text.ok) return null;
  const path = join(folder, "settings.env");
  writeFileSync(path, text.value);
  const bindings = getVarsForDev(undefined, [path], {}, undefined, true);
  return Object.fromEntries(
    Object.entries(bindings).map(([name, binding]) => [name, binding.value]),
  );
}

/** Values of characters that mean something to dotenv or dotenv-expand. */
const awkward = fc.string({
  unit: fc.constantFrom(..."'\"`\\$#{}=:-+ \n\tnraABé🙂".matchAll(/./gsu).map(([unit]) => unit)),
  maxLength: 12,
});

describe("a variable reaches the Worker unchanged", () => {
  it.each([
    ["a dollar", "pa$$word$HOME${HOME}$"],
    ["an escaped dollar", String.raw`\$HOME \\$HOME \\\$`],
    ["a hash", "before #after # end"],
    ["spaces at its ends", "  both  "],
    ["single quotes", "it's 'quoted'"],
    ["single and double quotes", `it's "quoted"`],
    ["single quotes and backticks", "it's `quoted`"],
    ["backslashes", String.raw`C:\new\${x}\'`],
    ["a backslash at its end", "ends in \\"],
    ["lines", "one\nTWO=2\n# three\n"],
    ["a JSON list", `["a:b","it's:c"]`],
    ["nothing", ""],
  ])("with %s", (_, value) => {
    const variables = {
      SIGNAL_MANAGER_A: value,
      SIGNAL_MANAGER_B: "next",
      SIGNAL_MANAGER_C: value,
    };
    expect(throughWrangler(variables)).toEqual(variables);
  });

  it("or is refused, whatever characters it and its neighbours hold", () => {
    fc.assert(
      fc.property(fc.dictionary(fc.stringMatching(/^[A-Z_]{1,3}$/), awkward), (variables) => {
        const arrived = throughWrangler(variables);
        if (arrived !== null) expect(arrived).toEqual(variables);
      }),
      { numRuns: 2000 },
    );
  });

  it("if it ends in a backslash and the next one begins with a hash", () => {
    const variables = { SIGNAL_MANAGER_A: "\\", SIGNAL_MANAGER_B: "# x" };
    expect(throughWrangler(variables)).toEqual(variables);
  });

  it("if it holds what looks like a reference to another variable or to the environment", () => {
    const variables = { SIGNAL_MANAGER_A: "x", SIGNAL_MANAGER_B: "${SIGNAL_MANAGER_A}$PATH" };
    expect(throughWrangler(variables)).toEqual(variables);
  });
});

describe("a variable that the file cannot hold", () => {
  it.each([
    ["all three kinds of quotes", "secret ' ` \""],
    ["a carriage return", "secret\r\n"],
    ["single quotes, backticks and the characters \\n", "secret ' ` \\n"],
  ])("is refused by its name, without its value, where it holds %s", (_, value) => {
    const text = envFileText({ SIGNAL_MANAGER_A: "fine", SIGNAL_MANAGER_B: value });
    expect(text).toEqual({
      ok: false,
      failure: [expect.stringMatching(/^SIGNAL_MANAGER_B cannot be handed to wrangler/)],
    });
    expect(JSON.stringify(text)).not.toContain("secret");
  });
});
