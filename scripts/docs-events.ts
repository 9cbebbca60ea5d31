/** The generated parts of docs/events.md, printed from the table of events. */
import { END_REASONS } from "../src/events/end-reasons.ts";
import { toPubsubMessage } from "../src/events/sinks/pubsub/cloud-event.ts";
import { EVENTS, eventRow, type EventType } from "../src/events/event-types.ts";

// Object.keys widens to string; these are the table's own.
const TYPES = Object.keys(EVENTS) as EventType[];

const ATTRIBUTES: readonly (readonly [name: string, doc: string])[] = [
  ["content-type", "`application/json`: the form of the data"],
  ["ce-specversion", "`1.0`: the version of CloudEvents"],
  ["ce-id", "unique, and the same each time the event is delivered: deduplicate by it"],
  ["ce-source", "`/signal-manager/hubs/` and the name of the hub, percent-encoded"],
  ["ce-type", "the type of the event"],
  ["ce-time", "when it happened"],
  ["ce-subject", "the client that the event is about; absent if it is about the hub"],
  ["ce-sequence", "rises with each event of a hub, with gaps; 16 digits, so that it sorts as text"],
  ["event_type", "the same as `ce-type`, under a name that filters take without quotes"],
  ["client_id", "the same as `ce-subject`"],
];

const PARTS: Readonly<Record<string, () => string>> = {
  types: () =>
    table([
      ["type", "published", "meaning"],
      ...TYPES.map((type) => {
        const { byDefault, doc } = eventRow(type);
        return [`[\`${type}\`](#${anchor(type)})`, byDefault ? "yes" : "on request", doc];
      }),
    ]),
  each: () => TYPES.map(section).join("\n"),
  reasons: () =>
    table([
      ["reason", "the session ended because"],
      ...Object.entries(END_REASONS).map(([reason, doc]) => [`\`${reason}\``, doc]),
    ]),
  attributes: () =>
    table([["attribute", "what it is"], ...ATTRIBUTES.map(([name, doc]) => [`\`${name}\``, doc])]),
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

/** Returns the text with every `<!-- events: PART -->` … `<!-- end -->` filled anew. */
export function fillEvents(text: string): string {
  return text.replaceAll(
    /(<!-- events: (.+?) -->\n)[^]*?(<!-- end -->)/g,
    (_all, start: string, name: string, end: string) => {
      const part = PARTS[name];
      if (part === undefined) throw new Error(`no part is named "${name}"`);
      return `${start}${part()}${end}`;
    },
  );
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
    table([["field", "type", "meaning"], ...rows]),
    json(example),
  ].join("\n");
}

/** The anchor that GitHub gives a heading. */
function anchor(heading: string): string {
  return heading.replaceAll(".", "");
}

function json(value: unknown): string {
  return `\`\`\`json\n${JSON.stringify(value, null, 2)}\n\`\`\`\n`;
}

function table([head = [], ...rows]: readonly (readonly string[])[]): string {
  const lines = [head, head.map(() => "---"), ...rows];
  return lines.map((cells) => `| ${cells.join(" | ")} |\n`).join("");
}
