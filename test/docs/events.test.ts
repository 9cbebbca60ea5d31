/** docs/events.md against the table of events. That its generated parts are current is held by tables.test.ts. */
import { describe, expect, it } from "vitest";
import { fillEvents } from "../../scripts/docs-events.ts";
import { toPubsubMessage } from "../../src/events/sinks/pubsub/cloud-event.ts";
import { EVENTS, eventRow, type EventType } from "../../src/events/event-types.ts";
import { END_REASONS } from "../../src/events/end-reasons.ts";
import { connected, stored } from "../support/events.ts";
import { readOwn } from "../support/own-settings.ts";

const DOCUMENT = readOwn("docs/events.md");
// Object.keys widens to string; these are the keys of the table.
const TYPES = Object.keys(EVENTS) as EventType[];

describe("docs/events.md", () => {
  it("has every generated part", () => {
    const parts = Array.from(DOCUMENT.matchAll(/<!-- events: (\w+) -->/g), ([, name]) => name);
    expect(parts).toEqual(["types", "each", "reasons", "attributes", "message", "answers"]);
  });

  it.each(TYPES)("lists every field of %s and shows its example", (type) => {
    const [, section = ""] = DOCUMENT.split(`### ${type}\n`);
    const [own = ""] = section.split(/\n##+ /);
    const { fields, example } = eventRow(type);
    for (const name of Object.keys(fields)) expect(own).toContain(`| \`${name}\` |`);
    const [, json = ""] = /```json\n([^]*?)```/.exec(own) ?? [];
    expect(JSON.parse(json)).toEqual(example);
  });

  it("lists every attribute of a message, and no other", () => {
    const [, section = ""] = DOCUMENT.split("<!-- events: attributes -->");
    const [rows = ""] = section.split("<!-- end -->");
    const said = Array.from(rows.matchAll(/^\| `([\w-]+)` \|/gm), ([, name]) => name);
    expect(said).toEqual(Object.keys(toPubsubMessage(stored(connected("a"))).attributes));
  });

  it("shows an example with a reason that exists", () => {
    expect(Object.keys(END_REASONS)).toContain(EVENTS["client.disconnected"].example.reason);
  });

  it("links to the section of every event, in their order", () => {
    const headings = Array.from(DOCUMENT.matchAll(/^### (.+)$/gm), ([, heading = ""]) => heading);
    const anchors = headings.map((heading) => heading.replaceAll(".", ""));
    const links = Array.from(DOCUMENT.matchAll(/\]\(#([^)]+)\)/g), ([, anchor = ""]) => anchor);
    expect(links).toEqual(anchors);
  });
});

describe("fillEvents", () => {
  it("throws for a part that does not exist", () => {
    expect(() => fillEvents("<!-- events: colours -->\n<!-- end -->")).toThrow("colours");
  });
});
