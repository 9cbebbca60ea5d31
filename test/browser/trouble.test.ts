/** What the demo tells its user when something goes wrong, and what it offers to do. */
import { describe, expect, it } from "vitest";
import { findChromium } from "../support/browser-find.ts";
import { Tab, talk } from "../support/browser-tab.ts";
import { useDemoBrowser } from "../support/demo-browser.ts";

/** Runs in the page before its own scripts. It acts as a user who refuses the devices. */
const REFUSE_DEVICES = `navigator.mediaDevices.getUserMedia = () =>
  Promise.reject(new DOMException("Permission denied", "NotAllowedError"));`;

describe.skipIf(findChromium() === null)("the demo", () => {
  const demo = useDemoBrowser();

  it("says that the camera was refused, and calls without it", async () => {
    const context = await demo.openContext();
    await context.addInitScript(REFUSE_DEVICES);
    const one = await Tab.join(context, demo.url, 1);
    const two = await Tab.join(context, demo.url, 2);
    await one.button("Call").click();
    await one.noticeSays("The camera or the microphone was refused");
    await one.button("Call with chat only").click();
    await two.button("Answer").click();
    await two.button("Call with chat only").click();
    await talk(one, two);
  });

  it("says that the call was declined, and shows no second incoming call", async () => {
    const context = await demo.openContext();
    const one = await Tab.join(context, demo.url, 1);
    const two = await Tab.join(context, demo.url, 2);
    await one.button("Call").click();
    await two.button("Decline").click();
    await one.noticeSays("test_client_2 has hung up");
    // A call the other way takes a round trip, after which all earlier signals have arrived.
    await two.choose("chat only");
    await two.button("Call").click();
    await one.button("Answer").click();
    await talk(one, two);
  });

  it("says that the caller gave up", async () => {
    const context = await demo.openContext();
    const one = await Tab.join(context, demo.url, 1);
    const two = await Tab.join(context, demo.url, 2);
    await one.button("Call").click();
    await two.button("Decline").waitFor();
    await one.button("Hang up").click();
    await two.noticeSays("test_client_1 called, and gave up");
    await two.button("Call").waitFor();
  });

  it("says that another tab took over the client id, and takes it back", async () => {
    const context = await demo.openContext();
    const one = await Tab.join(context, demo.url, 1);
    const other = await Tab.join(context, demo.url, 1);
    await one.noticeSays("Another tab or device has joined with this client id");
    await one.button("Join again as test_client_1").click();
    await one.hubSays("Joined as test_client_1");
    await other.noticeSays("Another tab or device has joined with this client id");
  });

  it("says that the hub refused the token", async () => {
    const context = await demo.openContext();
    const tab = await Tab.open(context, demo.url);
    await tab.page.getByRole("radio", { name: "someone else" }).check();
    await tab.page.getByLabel("Client id", { exact: true }).fill("alice");
    await tab.page
      .getByRole("textbox", { name: "Token", exact: true })
      .fill("not-a-token-of-alice");
    await tab.button("Join as alice").click();
    await tab.noticeSays("The hub refused this id and token");
    expect(await tab.page.content()).not.toContain("not-a-token-of-alice");
  });

  it("offers a second tab the other test client", async () => {
    const context = await demo.openContext();
    await Tab.join(context, demo.url, 1);
    const fresh = await Tab.open(context, demo.url);
    await fresh.button("Join as test_client_2").click();
    await fresh.hubSays("Joined as test_client_2");
  });

  it("lets the first tab keep its session when it is duplicated with its memory", async () => {
    const context = await demo.openContext();
    const first = await Tab.join(context, demo.url, 1);
    const memory = { clientId: "test_client_1", token: "test_token_1", call: null };
    const item = JSON.stringify(JSON.stringify(memory));
    await context.addInitScript(`sessionStorage.setItem("signal-manager-demo", ${item})`);
    const second = await Tab.open(context, demo.url);
    await second.button("Join as test_client_2").click();
    await second.hubSays("Joined as test_client_2");
    await first.hubSays("Joined as test_client_1");
    expect([...first.faults, ...second.faults]).toEqual([]);
  });
});
