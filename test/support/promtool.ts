/** Prometheus' own tool, if it is installed: PROMTOOL_PATH, or `promtool` in the PATH (Debian's package `prometheus`). */
import { spawnSync } from "node:child_process";

export interface PromtoolAnswer {
  readonly status: number | null;
  readonly output: string;
}

const PROMTOOL = process.env["PROMTOOL_PATH"] ?? "promtool";

export const hasPromtool = spawnSync(PROMTOOL, ["--version"]).status === 0;

/** Announces loudly, once per file, that tests are skipped: a skipped test proves nothing. */
export function announceMissingPromtool(what: string): void {
  if (hasPromtool) return;
  process.stderr.write(
    `\nSKIPPED: ${what}, because there is no promtool here. ` +
      "Get it with `apt-get install prometheus`, or set PROMTOOL_PATH.\n\n",
  );
}

export function promtool(args: readonly string[], input = ""): PromtoolAnswer {
  const { status, stdout, stderr } = spawnSync(PROMTOOL, args, { input, encoding: "utf8" });
  return { status, output: `${stdout}${stderr}` };
}
