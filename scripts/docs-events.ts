/** Prints the generated parts of docs/events.md from the table of events. */
import { END_REASONS } from "../src/events/end-reasons.ts";
import { toPubsubMessage } from "../src/events/sinks/pubsub/cloud-event.ts";
import { PUBSUB_ANSWERS } from "../src/events/sinks/pubsub/publish-outcome.ts";
import { EVENTS, eventRow, type EventType } from "../src/events/event-types.ts";
import { fillParts, markdownTable, type Parts } from "./markdown.ts";

// Object.keys widens to string; these are the keys of the table.
const TYPES = Object.keys(EVENTS) as EventType[];

const ATTRIBUTES: readonly (readonly [name: string, doc: string])[] = [
  ["content-type", "`application/json`: the type of the data"],
  ["ce-specversion", "`1.0`: the version of CloudEvents"],
  ["ce-id", "unique, and the same however often the event arrives: deduplicate by it"],
  ["ce-source", "`/signal-manager/hubs/` and the percent-encoded name of the hub"],
  ["ce-type", "the type of the event"],
  ["ce-time", "when the event happened"],
  ["ce-subject", "the client that the event is about; absent if it is about the hub"],
  [
    "ce-sequence",
    "rises from event to event of one hub, with gaps; it has 16 digits, so that it sorts as text",
  ],
  ["event_type", "the same as `ce-type`: filters accept this name without quotes"],
  ["client_id", "the same as `ce-subject`"],
];

const PARTS: Parts = {
  types: () =>
    markdownTable([
      ["type", "published", "meaning"],
      ...TYPES.map((type) => {
        const { byDefault, doc } = eventRow(type);
        return [`[\`${type}\`](#${anchor(type)})`, byDefault ? "yes" : "on request", doc];
      }),
    ]),
  each: () => TYPES.map(section).join("\n"),
  reasons: () =>
    markdownTable([
      ["reason", "the session ended because"],
      ...Object.entries(END_REASONS).map(([reason, doc]) => [`\`${reason}\``, doc]),
    ]),
  answers: () =>
    markdownTable([
      ["Pub/Sub answers", "this means", "what happens", "counted as"],
      ...Object.values(PUBSUB_ANSWERS).map(({ answers, meaning, action, counted }) => [
        answers,
        meaning,
        action,
        counted,
      ]),
    ]),
  attributes: () =>
    markdownTable([
      ["attribute", "what it is"],
      ...ATTRIBUTES.map(([name, doc]) => [`\`${name}\``, doc]),
    ]),
  message: () => {
    const { example } = EVENTS["client.connected"];
    const message = toPubsubMessage({
      type: "client.connected",
      data: example,
      id: "7d0f3c1e-1b7a-4d60-9a55-3a0c2f9f5b42",
      hub: "main",
      partition: "main",
      sequence: 17,
      atMs: Date.parse(example.connected_at),
    });
    return json(message);
  },
};

/** The document with every `<!-- events: PART -->` … `<!-- end -->` printed anew. */
export function fillEvents(document: string): string {
  return fillParts(document, "events", PARTS);
}

function section(type: EventType): string {
  const { doc, fields, example } = eventRow(type);
  const rows = Object.entries(fields).map(([name, field]) => [
    `\`${name}\``,
    field.type.replace("|", "or"),
    field.doc,
  ]);
  return [
    `### ${type}\n`,
    `${doc}\n`,
    markdownTable([["field", "type", "meaning"], ...rows]),
    json(example),
  ].join("\n");
}

/** The anchor that GitHub gives to a heading. */
function anchor(heading: string): string {
  return heading.replaceAll(".", "");
}

function json(value: unknown): string {
  return `\`\`\`json\n${JSON.stringify(value, null, 2)}\n\`\`\`\n`;
}
