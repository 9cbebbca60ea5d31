/** Finds the Chromium of this machine. It downloads none: a package manager installs it. */
import { existsSync } from "node:fs";

const PATHS = [
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
];

/** Returns null if there is none. CHROMIUM_PATH takes precedence. */
export function findChromium(): string | null {
  const { CHROMIUM_PATH } = process.env;
  if (CHROMIUM_PATH) return CHROMIUM_PATH;
  return PATHS.find((path) => existsSync(path)) ?? null;
}
