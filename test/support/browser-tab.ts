/** A real Chromium, and tabs in it that show the demo, handled as a person does: by what is to be seen. */
import {
  chromium,
  type Browser,
  type BrowserContext,
  type Locator,
  type Page,
} from "playwright-core";
import { findChromium } from "./browser-find.ts";

const FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  // A camera and a microphone that nobody needs to plug in, or allow.
  "--use-fake-device-for-media-stream",
  "--use-fake-ui-for-media-stream",
  // Else host candidates are names of multicast DNS, which a sandbox may not resolve.
  "--disable-features=WebRtcHideLocalIpsWithMdns",
];

/** Bounds a hang: everything here takes a second or two on a machine that is not busy. */
const TIMEOUT_MS = 60_000;

/** With a fresh profile. @throws without Chromium: skip the tests there. */
export function launchChromium(): Promise<Browser> {
  return chromium.launch({ executablePath: findChromium() ?? "", args: FLAGS });
}

export class Tab {
  readonly page: Page;
  /** What the page threw and nobody caught. */
  readonly faults: Error[] = [];

  constructor(page: Page) {
    this.page = page;
    page.setDefaultTimeout(TIMEOUT_MS);
    page.on("pageerror", (error) => this.faults.push(error));
  }

  /** A tab that shows the demo of the service at `url` (ws://…). */
  static async open(context: BrowserContext, url: string, query = ""): Promise<Tab> {
    const tab = new Tab(await context.newPage());
    await tab.page.goto(new URL(`/demo/${query}`, url.replace(/^ws/, "http")).href);
    return tab;
  }

  /** A tab that has joined as one of the test clients. */
  static async join(context: BrowserContext, url: string, as: 1 | 2): Promise<Tab> {
    const tab = await Tab.open(context, url, `?as=${as}`);
    await tab.page.locator("#lobby").waitFor();
    return tab;
  }

  button(name: string): Locator {
    return this.page.getByRole("button", { name, exact: true });
  }

  async choose(kind: "video" | "sound" | "chat only"): Promise<void> {
    await this.page.getByRole("radio", { name: kind, exact: true }).check();
  }

  /** The call stands, its chat is open. */
  async isInCall(): Promise<void> {
    await this.page.locator('#rtc[data-tone="good"]', { hasText: "Connected" }).waitFor();
    await this.page.locator("#chat-text:enabled").waitFor();
  }

  /** Pictures of the other side are being decoded: a number that the browser's own statistics give. */
  async seesPictures(): Promise<void> {
    await this.page.locator("#numbers", { hasText: /[1-9][\d,]* frames decoded/ }).waitFor();
    await this.page.locator("#stage[data-picture]").waitFor();
  }

  async say(text: string): Promise<void> {
    await this.page.getByRole("textbox", { name: "Message" }).fill(text);
    await this.page.keyboard.press("Enter");
  }

  async hears(text: string): Promise<void> {
    await this.page.locator(".message.theirs", { hasText: text }).waitFor();
  }

  /** The hub's pill in the corner. */
  async hubSays(text: string, timeoutMs = TIMEOUT_MS): Promise<void> {
    await this.page.locator("#hub", { hasText: text }).waitFor({ timeout: timeoutMs });
  }

  async noticeSays(text: string): Promise<void> {
    await this.page.getByRole("alert").filter({ hasText: text }).waitFor();
  }

  /** The log of frames: the type and the words of each line. */
  async frames(): Promise<string[]> {
    const lines = await this.page.locator(".frame-line").all();
    return Promise.all(lines.map(async (line) => (await line.innerText()).replaceAll("\n", " ")));
  }
}

/**
 * The chat carries `words` both ways. `one` speaks first: the one that was reloaded, since the other only learns from it
 * that the call is another.
 */
export async function talk(one: Tab, two: Tab): Promise<void> {
  await Promise.all([one.isInCall(), two.isInCall()]);
  const words = `hello ${(said += 1)}`;
  await one.say(`${words}, this is one`);
  await two.hears(`${words}, this is one`);
  await two.say(`${words}, this is two`);
  await one.hears(`${words}, this is two`);
}

let said = 0;
