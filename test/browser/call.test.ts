/** Two tabs of a real Chromium call each other with the demo of `npm start`. */
import { describe, expect, it, onTestFinished } from "vitest";
import { findChromium } from "../support/browser-find.ts";
import { Tab, talk } from "../support/browser-tab.ts";
import { useDemoBrowser } from "../support/demo-browser.ts";

describe.skipIf(findChromium() === null)("two tabs", () => {
  const demo = useDemoBrowser();

  async function joinBoth(): Promise<[Tab, Tab]> {
    const context = await demo.openContext();
    const tabs: [Tab, Tab] = [
      await Tab.join(context, demo.url, 1),
      await Tab.join(context, demo.url, 2),
    ];
    // Registered after the context's own hook, and so run before it: hooks run in reverse order.
    onTestFinished(() => expect(tabs.flatMap(({ faults }) => faults)).toEqual([]));
    return tabs;
  }

  it("see each other, chat both ways and hang up, after a few clicks on an empty page", async () => {
    const context = await demo.openContext();
    const one = await Tab.open(context, demo.url);
    await one.button("Join as test_client_1").click();
    const [page] = await Promise.all([
      context.waitForEvent("page"),
      one.page.getByText("Open a tab as test_client_2").click(),
    ]);
    const two = new Tab(page);
    await two.hubSays("Joined as test_client_2");
    await one.button("Call").click();
    await two.page.getByText("test_client_1 is calling you").waitFor();
    await two.button("Answer").click();
    await talk(one, two);
    await Promise.all([one.seesPictures(), two.seesPictures()]);
    await two.button("Hang up").click();
    await one.noticeSays("test_client_2 has hung up");
    await Promise.all([one, two].map((tab) => tab.button("Call").waitFor()));
    expect([...one.faults, ...two.faults]).toEqual([]);
  });

  it("have one call if both call at the same moment", async () => {
    const [one, two] = await joinBoth();
    // By the clock: a click that comes a moment later finds the button gone, because the other's call rings.
    const atMs = Date.now() + 1000;
    await Promise.all([clickAt(one, atMs), clickAt(two, atMs)]);
    await talk(one, two);
    await Promise.all([one.seesPictures(), two.seesPictures()]);
  });

  it("return to their call when either of them is reloaded", async () => {
    const [one, two] = await joinBoth();
    await one.button("Call").click();
    await two.button("Answer").click();
    await talk(one, two);
    for (const [reloaded, other] of [
      [one, two],
      [two, one],
    ] as const) {
      await reloaded.page.reload();
      await talk(reloaded, other);
      await Promise.all([one.seesPictures(), two.seesPictures()]);
    }
  });

  it("show every frame in the log, but no token", async () => {
    const [one, two] = await joinBoth();
    await one.choose("chat only");
    await one.button("Call").click();
    await two.button("Answer").click();
    await talk(one, two);
    const frames = (await one.frames()).join("\n");
    expect(frames).toMatch(/↑ CONNECT test_client_1 asks for ack, batch [0-9a-f]{8} \d+ B/);
    expect(frames).toMatch(/↓ CONNECT_ACK test_client_1 success, heartbeat 30 s/);
    expect(frames).toMatch(
      /↑ SIGNAL_(OFFER|ANSWER) test_client_2 (offer|answer): audio, video, data/,
    );
    expect(frames).toMatch(/↓ SIGNAL_ACK test_client_2 delivered/);
    expect(frames).toMatch(/↓ SIGNAL_ICE_CANDIDATE test_client_2 candidate host udp/);
    expect(await one.page.content()).not.toContain("test_token_1");
  });
});

/** Presses "Call" at this time, in milliseconds since 1970. */
function clickAt(tab: Tab, atMs: number): Promise<void> {
  return tab.button("Call").evaluate((button: { click(): void }, at) => {
    return new Promise<void>((resolve) => {
      setTimeout(() => {
        button.click();
        resolve();
      }, at - Date.now());
    });
  }, atMs);
}
