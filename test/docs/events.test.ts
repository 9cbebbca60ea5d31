/** docs/events.md against the table of events. */
import { describe, expect, it } from "vitest";
import { fillEvents } from "../../scripts/docs-events.ts";
import { toPubsubMessage } from "../../src/events/sinks/pubsub/cloud-event.ts";
import { EVENTS, eventRow, type EventType } from "../../src/events/event-types.ts";
import { END_REASONS } from "../../src/events/end-reasons.ts";
import { connected, stored } from "../support/events.ts";
import { readOwn } from "../support/own-settings.ts";

const DOCUMENT = readOwn("docs/events.md");
// Object.keys widens to string; these are the table's own.
const TYPES = Object.keys(EVENTS) as EventType[];

describe("docs/events.md", () => {
  it("is what the code prints (`npm run docs` writes it)", () => {
    expect(DOCUMENT).toBe(fillEvents(DOCUMENT));
    expect(DOCUMENT.match(/<!-- events: \w+ -->/g)).toHaveLength(5);
  });

  it.each(TYPES)("says every field of %s, and an example", (type) => {
    const [, section = ""] = DOCUMENT.split(`### ${type}\n`);
    const [own = ""] = section.split(/\n##+ /);
    const { fields, example } = eventRow(type);
    for (const name of Object.keys(fields)) expect(own).toContain(`| \`${name}\` |`);
    const [, json = ""] = /```json\n([^]*?)```/.exec(own) ?? [];
    expect(JSON.parse(json)).toEqual(example);
  });

  it("says every attribute of a message, and no other", () => {
    const [, section = ""] = DOCUMENT.split("<!-- events: attributes -->");
    const [rows = ""] = section.split("<!-- end -->");
    const said = Array.from(rows.matchAll(/^\| `([\w-]+)` \|/gm), ([, name]) => name);
    expect(said).toEqual(Object.keys(toPubsubMessage(stored(connected("a"))).attributes));
  });

  it("has an example whose reason is one of the hub's", () => {
    expect(Object.keys(END_REASONS)).toContain(EVENTS["client.disconnected"].example.reason);
  });

  it("links to sections that are there", () => {
    const headings = Array.from(DOCUMENT.matchAll(/^### (.+)$/gm), ([, heading = ""]) => heading);
    const anchors = headings.map((heading) => heading.replaceAll(".", ""));
    const links = Array.from(DOCUMENT.matchAll(/\]\(#([^)]+)\)/g), ([, anchor = ""]) => anchor);
    expect(links).toEqual(anchors);
  });

  it("asks for parts that are known", () => {
    expect(() => fillEvents("<!-- events: colours -->\n<!-- end -->")).toThrow("colours");
  });
});
