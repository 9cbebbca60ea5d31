/** The demo on a phone: everything can be read, and nothing breaks or pushes the rest away. */
import { describe, expect, it } from "vitest";
import { findChromium } from "../support/browser-find.ts";
import { Tab } from "../support/browser-tab.ts";
import { useDemoBrowser } from "../support/demo-browser.ts";

const PHONE = { width: 390, height: 844 };

/** Runs in the page. The texts of which a part is hidden behind the edge of its own element. */
const CUT_TEXTS = `[...document.querySelectorAll(".frame-line *, .segments span, .pill *, .notice p, .field-error")]
  .filter((element) => element.checkVisibility() && getComputedStyle(element).overflowX !== "visible")
  .filter(({ scrollWidth, clientWidth }) => scrollWidth > clientWidth)
  .map(({ textContent }) => textContent)`;

/** Runs in the page. On how many lines each choice's name is written. */
const LINES_OF_CHOICES = `[...document.querySelectorAll("#join-test .segments span")].map((name) => {
  const range = document.createRange();
  range.selectNodeContents(name);
  return range.getClientRects().length;
})`;

/** Runs in the page. How many pixels the page is wider than the screen. */
const TOO_WIDE = "document.documentElement.scrollWidth - innerWidth";

describe.skipIf(findChromium() === null)("the demo on a phone", () => {
  const demo = useDemoBrowser();

  async function open(width = PHONE.width): Promise<Tab> {
    const context = await demo.openContext({ viewport: { ...PHONE, width } });
    return Tab.open(context, demo.url);
  }

  it("marks the token that the hub refused, and shows its errors and close codes whole", async () => {
    const tab = await open();
    await tab.page.getByRole("radio", { name: "someone else" }).check();
    await tab.page.getByLabel("Client id", { exact: true }).fill("alice");
    const token = tab.page.getByRole("textbox", { name: "Token", exact: true });
    await token.fill("not-a-token-of-alice");
    await tab.button("Join as alice").click();
    await tab.noticeSays("The hub refused this id and token");
    expect(await token.getAttribute("aria-invalid")).toBe("true");
    expect(await tab.page.evaluate("document.activeElement.id")).toBe("join-token");
    const described = await token.getAttribute("aria-describedby");
    expect(described?.split(" ")).toContain("join-token-error");
    const id = tab.page.getByLabel("Client id", { exact: true });
    expect(await id.getAttribute("aria-invalid")).toBeNull();
    await tab.page.locator(".frame", { hasText: "WebSocket closed: 1000" }).waitFor();
    expect(await tab.page.evaluate(CUT_TEXTS)).toEqual([]);
    expect(await tab.page.evaluate(TOO_WIDE)).toBe(0);
    await token.fill("another");
    expect(await token.getAttribute("aria-invalid")).toBeNull();
  });

  it("shows the errors of a call to somebody absent whole", async () => {
    const context = await demo.openContext({ viewport: PHONE });
    const tab = await Tab.join(context, demo.url, 1);
    await tab.page.getByRole("textbox", { name: "Their client id" }).fill(`bob-${"x".repeat(100)}`);
    await tab.button("Call").click();
    await tab.page
      .locator('.frame[data-type="ERROR"]', { hasText: "404 Target" })
      .first()
      .waitFor();
    await tab.page.locator("#rtc", { hasText: "is not connected" }).waitFor();
    expect(await tab.page.evaluate(CUT_TEXTS)).toEqual([]);
    expect(await tab.page.evaluate(TOO_WIDE)).toBe(0);
  });

  it.each([390, 360])("keeps each choice on one line on a screen of %i pixels", async (width) => {
    const tab = await open(width);
    for (const name of ["test_client_1", "test_client_2", "someone else"]) {
      // The chosen one is bold, and wider.
      await tab.page.getByRole("radio", { name, exact: true }).check();
      expect(await tab.page.evaluate(LINES_OF_CHOICES), name).toEqual([1, 1, 1]);
    }
    expect(await tab.page.evaluate(CUT_TEXTS)).toEqual([]);
    expect(await tab.page.evaluate(TOO_WIDE)).toBe(0);
  });

  it("leaves the frames in view below an empty chat, and says what their arrows mean", async () => {
    const context = await demo.openContext({ viewport: PHONE });
    const one = await Tab.join(context, demo.url, 1);
    const two = await Tab.join(context, demo.url, 2);
    await one.button("Call").click();
    await two.button("Answer").click();
    await one.isInCall();
    await one.page.locator("#numbers", { hasText: "frames decoded" }).waitFor();
    await one.page.evaluate("scrollTo(0, 0)");
    const frames = await one.page.locator("#frames").boundingBox();
    // Two frames of two lines.
    expect(PHONE.height - (frames?.y ?? PHONE.height)).toBeGreaterThanOrEqual(94);
    const legend = (await one.page.locator("#wire-legend").innerText()).replaceAll(/\s+/g, " ");
    expect(legend).toBe("↑ sent ↓ received ┊ same message ×2 twice");
    const arrows = one.page.locator("[data-continued] .frame-arrow");
    expect(await arrows.first().getAttribute("aria-label")).toMatch(/in the same message$/);
    const opacity =
      "getComputedStyle(document.querySelector('[data-continued] .frame-arrow')).opacity";
    expect(await one.page.evaluate(opacity)).toBe("1");
  });
});
