/** What `npm run pubsub` prints. */
import type { ReceivedMessage } from "./pubsub-rest.ts";

export interface LocalPubsub {
  readonly endpoint: string;
  readonly project: string;
  readonly topic: string;
  readonly kind: "emulator" | "fake";
}

const NAMES = {
  emulator: "Google's Pub/Sub emulator",
  fake: "The project's own fake of Pub/Sub, NOT Google's emulator,",
} as const;

export function welcome({ endpoint, project, topic, kind }: LocalPubsub): string {
  return `${NAMES[kind]} listens on ${endpoint}

In another terminal:

  export SIGNAL_MANAGER_EVENTS_SINKS=log,pubsub
  export SIGNAL_MANAGER_EVENTS_PUBSUB_ENDPOINT=${endpoint}
  export SIGNAL_MANAGER_EVENTS_PUBSUB_PROJECT=${project}
  export SIGNAL_MANAGER_EVENTS_PUBSUB_TOPIC=${topic}
  npm start

Every event that arrives is printed here, one line each. Ctrl-C ends it all.
`;
}

/** `2026-11-23T06:00:00.000Z client.connected hub="main" sequence=17 {"client_id":"alice",…}` */
export function eventLine({ attributes, text }: ReceivedMessage): string {
  const { "ce-time": time, "ce-type": type, "ce-sequence": sequence } = attributes;
  if (time === undefined || type === undefined) return `not an event of ours: ${escaped(text)}`;
  const place = `hub=${JSON.stringify(hubOf(attributes))} sequence=${Number(sequence)}`;
  return escaped(`${time} ${type} ${place} ${text}`);
}

/** Reads the hub from the source, since several hubs may share an ordering key. */
function hubOf({ "ce-source": source = "" }: ReceivedMessage["attributes"]): string {
  const name = source.slice(source.lastIndexOf("/") + 1);
  try {
    return decodeURIComponent(name);
  } catch {
    // A long name is cut at Pub/Sub's limit, which may be between the bytes of a character.
    return name;
  }
}

/** A client id may hold characters that a terminal obeys instead of showing them. */
function escaped(line: string): string {
  return line.replaceAll(
    /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu,
    (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`,
  );
}
