/** The Chromium of this machine. None is downloaded: a package manager brings it. */
import { existsSync } from "node:fs";

const PLACES = [
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
];

/** null: there is none. CHROMIUM_PATH, where it is set, is the one. */
export function findChromium(): string | null {
  const { CHROMIUM_PATH } = process.env;
  if (CHROMIUM_PATH) return CHROMIUM_PATH;
  return PLACES.find((path) => existsSync(path)) ?? null;
}
