/** A real Chromium with tabs that show the demo. Tests use them as a person does: by what the page shows. */
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
  // A fake camera and a fake microphone, which need no permission.
  "--use-fake-device-for-media-stream",
  "--use-fake-ui-for-media-stream",
  // Otherwise host candidates are multicast DNS names, which a sandbox may not resolve.
  "--disable-features=WebRtcHideLocalIpsWithMdns",
];

/** Ends a test that hangs. On an idle machine everything here takes a second or two. */
const TIMEOUT_MS = 60_000;

/** Starts Chromium with a fresh profile. @throws without Chromium, where the tests are skipped. */
export function launchChromium(): Promise<Browser> {
  return chromium.launch({ executablePath: findChromium() ?? "", args: FLAGS });
}

export class Tab {
  readonly page: Page;
  /** The errors that the page threw and did not catch. */
  readonly faults: Error[] = [];

  constructor(page: Page) {
    this.page = page;
    page.setDefaultTimeout(TIMEOUT_MS);
    page.on("pageerror", (error) => this.faults.push(error));
  }

  /** Opens a tab with the demo of the service at `url` (ws://…). */
  static async open(context: BrowserContext, url: string, query = ""): Promise<Tab> {
    const tab = new Tab(await context.newPage());
    await tab.page.goto(new URL(`/demo/${query}`, url.replace(/^ws/, "http")).href);
    return tab;
  }

  /** Opens a tab that has joined as a test client. */
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

  /** Waits until the call is connected and its chat is open. */
  async isInCall(): Promise<void> {
    await this.page.locator('#rtc[data-tone="good"]', { hasText: "Connected" }).waitFor();
    await this.page.locator("#chat-text:enabled").waitFor();
  }

  /** Waits until the browser's statistics say that it decodes pictures of the other side. */
  async seesPictures(): Promise<void> {
    await this.page.locator("#numbers", { hasText: /[1-9][\d,]* frames decoded/ }).waitFor();
    await this.page.locator("#stage[data-picture]").waitFor();
  }

  async sendChat(text: string): Promise<void> {
    await this.page.getByRole("textbox", { name: "Message" }).fill(text);
    await this.page.keyboard.press("Enter");
  }

  async receivesChat(text: string): Promise<void> {
    await this.page.locator(".message.theirs", { hasText: text }).waitFor();
  }

  /** Waits until the pill of the hub in the corner shows the text. */
  async hubSays(text: string, timeoutMs = TIMEOUT_MS): Promise<void> {
    await this.page.locator("#hub", { hasText: text }).waitFor({ timeout: timeoutMs });
  }

  async noticeSays(text: string): Promise<void> {
    await this.page.getByRole("alert").filter({ hasText: text }).waitFor();
  }

  /** The lines of the log of frames. */
  async frames(): Promise<string[]> {
    const lines = await this.page.locator(".frame-line").all();
    return Promise.all(lines.map(async (line) => (await line.innerText()).replaceAll("\n", " ")));
  }
}

/**
 * Sends a chat message both ways. `one` sends first. After a reload it has to be the reloaded tab, because the other tab
 * learns from its message that the connection is a new one.
 */
export async function talk(one: Tab, two: Tab): Promise<void> {
  await Promise.all([one.isInCall(), two.isInCall()]);
  const text = `hello ${(talks += 1)}`;
  await one.sendChat(`${text}, this is one`);
  await two.receivesChat(`${text}, this is one`);
  await two.sendChat(`${text}, this is two`);
  await one.receivesChat(`${text}, this is two`);
}

let talks = 0;
