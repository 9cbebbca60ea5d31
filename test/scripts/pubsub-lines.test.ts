/** The lines that `npm run pubsub` prints. */
import { expect, it } from "vitest";
import { parseConfig } from "../../src/config/parse-config.ts";
import { eventLine, welcome } from "../../scripts/local/pubsub-lines.ts";
import { toPubsubMessage } from "../../src/events/sinks/pubsub/cloud-event.ts";
import type { StoredEvent } from "../../src/events/event-types.ts";
import { connected, stored } from "../support/events.ts";
import { DEVELOPMENT_VARS, WRANGLER_VARS } from "../support/own-settings.ts";

const LOCAL = {
  endpoint: "http://127.0.0.1:8085",
  project: "demo",
  topic: "signal-events",
  kind: "emulator",
} as const;

it("The welcome prints valid settings that send events to the local Pub/Sub", () => {
  const lines = welcome(LOCAL).matchAll(/^ {2}export (\w+)=(\S+)$/gm);
  const exported = Object.fromEntries(Array.from(lines, ([, name, value]) => [name, value]));
  const config = parseConfig({ ...WRANGLER_VARS, ...DEVELOPMENT_VARS, ...exported });
  expect(config).toMatchObject({
    ok: true,
    value: {
      events: {
        sinks: ["log", "pubsub"],
        pubsub_endpoint: LOCAL.endpoint,
        pubsub_project: "demo",
        pubsub_topic: "signal-events",
      },
    },
  });
});

it("The welcome says that the fake is not Google's emulator", () => {
  expect(welcome({ ...LOCAL, kind: "fake" })).toContain("NOT Google's emulator");
  expect(welcome(LOCAL)).not.toContain("fake");
});

it("An event is one line, whatever its client id holds", () => {
  const event = stored(connected("a\u202E\u2028b"), { hub: "main", sequence: 17 });
  expect(lineFor(event)).toBe(
    '2026-11-23T06:00:00.000Z client.connected hub="main" sequence=17 {"client_id":"a\\u{202e}\\u{2028}b",' +
      '"session_id":"3f0c9a52-5d0e-4c4e-9d5a-0d7f4f0b6a11","connected_at":"2026-11-23T06:00:00.000Z"}',
  );
});

it("An event's line names its hub, not its ordering key", () => {
  expect(lineFor(stored(connected("a"), { hub: "client:a/b é" }))).toContain(
    ' hub="client:a/b é" ',
  );
});

it("An event's line names the part of a hub's name that Pub/Sub has room for", () => {
  const hub = `x${"é".repeat(300)}`;
  expect(lineFor(stored(connected("a"), { hub }))).toMatch(/ hub="x(é+|(%[0-9A-F]{2})+)" /);
});

it("A message that is not an event of the service is printed as such", () => {
  const message = { text: "hello\n", attributes: {}, orderingKey: "", messageId: "1" };
  expect(eventLine(message)).toBe("not an event of ours: hello\\u{a}");
});

function lineFor(event: StoredEvent): string {
  const { attributes, orderingKey } = toPubsubMessage(event);
  return eventLine({ text: JSON.stringify(event.data), attributes, orderingKey, messageId: "1" });
}
