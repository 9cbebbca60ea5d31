/** What the demo shows of a call whose other side is not there: gone, closed, absent, or back. */
import { describe, expect, it } from "vitest";
import { findChromium } from "../support/browser-find.ts";
import { Tab, talk } from "../support/browser-tab.ts";
import { useDemoBrowser } from "../support/demo-browser.ts";

const GONE = "test_client_2 is gone. The call goes on if they come back.";

describe.skipIf(findChromium() === null)("a call", () => {
  const demo = useDemoBrowser();

  /** Two tabs in a call. Each has a context of its own, so that the end of one page cannot touch the other. */
  async function callOfTwo(): Promise<[Tab, Tab]> {
    const context = await demo.openContext();
    await context.clock.install();
    const one = await Tab.join(context, demo.url, 1);
    const two = await Tab.join(await demo.openContext(), demo.url, 2);
    await one.button("Call").click();
    await two.button("Answer").click();
    await talk(one, two);
    await one.seesPictures();
    return [one, two];
  }

  it("says that the other side is gone when its page crashes, over a grey picture without chat, and rings when it is back", async () => {
    const [one, two] = await callOfTwo();
    const devtools = await two.page.context().newCDPSession(two.page);
    // It gets no answer from a page that has crashed.
    void devtools.send("Page.crash").catch(() => {});
    await callSays(one, GONE);
    await showsNobody(one);
    const again = await Tab.join(await demo.openContext(), demo.url, 2);
    await again.button("Answer").click();
    await talk(again, one);
    await one.page.locator("#stage:not([data-stale])").waitFor();
    await one.seesPictures();
    expect(one.faults).toEqual([]);
  });

  it("says at once that the other side is gone when its page closes, because that page says so, and ends half a minute later", async () => {
    const [one, two] = await callOfTwo();
    await two.page.close({ runBeforeUnload: true });
    await callSays(one, GONE);
    await showsNobody(one);
    expect((await one.frames()).join("\n")).toMatch(/↓ SIGNAL_ICE_CANDIDATE test_client_2 leaving/);
    await one.page.clock.fastForward(30_000);
    await one.noticeSays("test_client_2 is gone.");
    await one.button("Call").waitFor();
  });

  it("to somebody absent says so on one line, and rings as soon as they join", async () => {
    const one = await Tab.join(await demo.openContext(), demo.url, 1);
    await one.button("Call").click();
    await callSays(one, "test_client_2 is not connected. It rings there as soon as they join.");
    await one.page.getByRole("alert").filter({ visible: true }).waitFor({ state: "detached" });
    const two = await Tab.join(await demo.openContext(), demo.url, 2);
    await two.button("Answer").click();
    await talk(one, two);
    expect([...one.faults, ...two.faults]).toEqual([]);
  });

  it("to the caller's own client id marks the field", async () => {
    const one = await Tab.join(await demo.openContext(), demo.url, 1);
    const target = one.page.getByRole("textbox", { name: "Their client id" });
    await target.fill("test_client_1");
    await one.button("Call").click();
    await one.noticeSays("This is your own client id");
    expect(await target.getAttribute("aria-invalid")).toBe("true");
    await target.fill("test_client_2");
    expect(await target.getAttribute("aria-invalid")).toBeNull();
  });
});

/** Waits until the one line about the call is this. */
async function callSays(tab: Tab, text: string): Promise<void> {
  await tab.page.locator("#rtc-text").getByText(text, { exact: true }).waitFor();
}

async function showsNobody(tab: Tab): Promise<void> {
  await tab.page.locator("#stage[data-stale]").waitFor();
  const filter = "getComputedStyle(document.querySelector('#remote')).filter";
  expect(await tab.page.evaluate(filter)).toContain("grayscale");
  expect(await tab.page.getByRole("textbox", { name: "Message" }).isDisabled()).toBe(true);
  expect(await tab.button("Send").isDisabled()).toBe(true);
}
