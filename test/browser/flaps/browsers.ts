/** The browsers that a flap run can drive: each opens pages, and evaluates expressions in them. */
import { findChromium } from "../../support/browser-find.ts";
import { launchChromium } from "../../support/browser-tab.ts";
import { findFirefox, Firefox, type FirefoxPreferences } from "../../support/firefox.ts";

export type BrowserName = keyof typeof BROWSERS;

export interface DrivenPage {
  /** The value of an expression, or of its promise. Only a string, a number, a boolean or nothing passes. */
  evaluate(expression: string): Promise<unknown>;
  close(): Promise<void>;
}

export interface DrivenBrowser {
  open(url: string): Promise<DrivenPage>;
  close(): Promise<void>;
}

interface BrowserRow {
  readonly find: () => string | null;
  readonly launch: () => Promise<DrivenBrowser>;
  readonly install: string;
}

/**
 * Firefox holds a reconnect back after each that failed, for up to a minute and for all its pages together. It is its own
 * delay, which a run of many flaps does not wait for.
 */
const NO_DELAY: FirefoxPreferences = { "network.websocket.delay-failed-reconnects": false };

const BROWSERS = {
  chromium: {
    find: findChromium,
    launch: driveChromium,
    install: "apt-get install chromium, or set CHROMIUM_PATH",
  },
  firefox: {
    find: findFirefox,
    launch: () => Firefox.launch(NO_DELAY),
    install: "apt-get install firefox-esr, or set FIREFOX_PATH",
  },
} as const satisfies Readonly<Record<string, BrowserRow>>;

export function isBrowserName(name: string): name is BrowserName {
  return Object.hasOwn(BROWSERS, name);
}

/** What to do about each of these browsers that this machine lacks. */
export function missingBrowsers(names: readonly BrowserName[]): string[] {
  return [...new Set(names)]
    .filter((name) => BROWSERS[name].find() === null)
    .map((name) => `There is no ${name} here: ${BROWSERS[name].install}.`);
}

export function launch(name: BrowserName): Promise<DrivenBrowser> {
  return BROWSERS[name].launch();
}

async function driveChromium(): Promise<DrivenBrowser> {
  const browser = await launchChromium();
  return {
    async open(url) {
      const page = await browser.newPage();
      await page.goto(url);
      return page;
    },
    close: () => browser.close(),
  };
}
