/**
 * Takes docs/demo-desktop.png and docs/demo-phone.png anew: `npx node scripts/demo-pictures.ts`, with a Chromium on this machine.
 * Drawn landscapes stand in for the cameras.
 */
import { join, resolve } from "node:path";
import type { Browser, BrowserContextOptions } from "playwright-core";
import { launchChromium, Tab } from "../test/support/browser-tab.ts";
import { NodeService } from "../test/support/node-service.ts";

const docs = join(resolve(import.meta.dirname, ".."), "docs");

/** Sky above, sky below, sun, far hills, near hills. */
const SEA = ["#9ad1d0", "#3f94a3", "#eef7f6", "#27686e", "#12333a"];
const EVENING = ["#f8c9a0", "#ee8a68", "#fff3e6", "#6d4d70", "#2c1d2e"];

const DESKTOP = { viewport: { width: 1280, height: 1000 }, colorScheme: "light" } as const;
const PHONE = { viewport: { width: 390, height: 844 }, colorScheme: "dark" } as const;

const service = await NodeService.start();
const browser = await launchChromium();
try {
  const [one, two] = [
    await openTab(browser, 1, DESKTOP, SEA),
    await openTab(browser, 2, PHONE, EVENING),
  ];
  await one.button("Call").click();
  await two.button("Answer").click();
  await Promise.all([one.isInCall(), two.isInCall()]);
  await two.sendChat("Found you through the hub!");
  await one.receivesChat("Found you through the hub!");
  await one.sendChat("And now it has nothing to do: this goes from tab to tab.");
  await two.receivesChat("And now it has nothing to do");
  await Promise.all([one.seesPictures(), two.seesPictures()]);
  // The picture begins small, and grows while the path proves good.
  await one.page.locator("#numbers", { hasText: /^1280 × 720/ }).waitFor();
  await one.page.evaluate("document.activeElement?.blur()");
  await two.page.evaluate("document.activeElement?.blur()");
  await one.page.screenshot({ path: join(docs, "demo-desktop.png") });
  await two.page.screenshot({ path: join(docs, "demo-phone.png"), fullPage: true });
} finally {
  await browser.close();
  await service.stop();
}

async function openTab(
  chromium: Browser,
  as: 1 | 2,
  options: BrowserContextOptions,
  colours: readonly string[],
): Promise<Tab> {
  const context = await chromium.newContext(options);
  await context.addInitScript(drawnCamera(colours));
  return Tab.join(context, service.url, as);
}

/** A script for the page: its camera shows a landscape whose sun moves, and its microphone is silent. */
function drawnCamera(colours: readonly string[]): string {
  return `navigator.mediaDevices.getUserMedia = async ({ video }) => {
    const [top, bottom, sun, far, near] = ${JSON.stringify(colours)};
    const canvas = Object.assign(document.createElement("canvas"), { width: 1280, height: 720 });
    const pen = canvas.getContext("2d");
    const hills = (colour, y, height, phase) => {
      pen.fillStyle = colour;
      pen.beginPath();
      pen.moveTo(0, 720);
      for (let x = 0; x <= 1280; x += 8) pen.lineTo(x, y + height * Math.sin(x / 180 + phase));
      pen.lineTo(1280, 720);
      pen.fill();
    };
    let at = 0;
    const draw = () => {
      const sky = pen.createLinearGradient(0, 0, 0, 720);
      sky.addColorStop(0, top);
      sky.addColorStop(1, bottom);
      pen.fillStyle = sky;
      pen.fillRect(0, 0, 1280, 720);
      pen.fillStyle = sun;
      pen.beginPath();
      pen.arc(340 + 6 * Math.sin((at += 0.05)), 230, 80, 0, 7);
      pen.fill();
      hills(far, 460, 45, 0.6);
      hills(near, 580, 40, 2.4);
    };
    setInterval(draw, 50);
    draw();
    const audio = new AudioContext().createMediaStreamDestination().stream.getTracks();
    return new MediaStream([...(video ? canvas.captureStream(20).getTracks() : []), ...audio]);
  };`;
}
