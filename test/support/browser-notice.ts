/** Runs once before the browser tests, and warns if they are skipped. */
import { findChromium } from "./browser-find.ts";

export default function announceSkip(): void {
  if (findChromium() !== null) return;
  process.stderr.write(
    "\nSKIPPED: every test of test/browser (real calls in a real browser), because there is no Chromium here. " +
      "Get it with `apt-get install chromium`, or set CHROMIUM_PATH.\n\n",
  );
}
