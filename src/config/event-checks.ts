/** The conditions between the keys of `events`, and those on its texts. */
import { needsCredentials } from "../events/sinks/pubsub/publisher.ts";
import { SINK_NAMES, type PartialConfig } from "./keys.ts";

/** Each fault as one sentence that begins with the key's name. */
export function findEventFaults({ events }: PartialConfig): string[] {
  const { sinks } = events;
  return [
    ...sinkFaults(sinks),
    ...urlFaults("events.pubsub_endpoint", events.pubsub_endpoint),
    ...urlFaults("events.pubsub_token_url", events.pubsub_token_url),
    ...(sinks?.includes("pubsub") ? pubsubFaults(events) : []),
  ];
}

/** `"log", "pubsub" or "none"` */
const SINK_CHOICES = SINK_NAMES.map((name) => JSON.stringify(name))
  .join(", ")
  .replace(/, (?=[^,]*$)/, " or ");

function sinkFaults(sinks: readonly string[] | undefined): string[] {
  if (sinks?.length === 0) return [`events.sinks must name a sink: ${SINK_CHOICES}`];
  return sinks?.includes("none") && sinks.length > 1
    ? ['events.sinks must hold "none" alone, or other sinks']
    : [];
}

/**
 * `fetch` refuses a URL with credentials, and our own path follows the URL, so it may have neither query nor fragment. What
 * may hold a password is not repeated.
 */
function urlFaults(name: string, url: string | undefined): string[] {
  if (url === undefined) return [];
  const parsed = URL.parse(url);
  const isHttp = parsed !== null && /^https?:$/.test(parsed.protocol);
  if (isHttp && !/[@?#]/.test(url)) return [];
  const got = /[@?]/.test(url) ? "" : `, got ${JSON.stringify(url)}`;
  return [
    `${name} must be an http:// or https:// URL without credentials, query and fragment${got}`,
  ];
}

/** Google's syntax of both ids: a letter first, and then the characters of a resource name. */
const RESOURCE_ID = /^[A-Za-z][\w.~+%:-]{2,254}$/;

function pubsubFaults(events: PartialConfig["events"]): string[] {
  const idFaults = (["pubsub_project", "pubsub_topic"] as const).flatMap((key) => {
    const id = events[key];
    if (id === undefined || RESOURCE_ID.test(id)) return [];
    return id === ""
      ? [`events.${key} must be set, since events.sinks names pubsub`]
      : [`events.${key} must be the id alone (as "signal-events"), got ${JSON.stringify(id)}`];
  });
  return [...idFaults, ...googleFaults(events)];
}

/** Google's own endpoints need credentials. A token on an unencrypted connection can be read by everybody on the way. */
function googleFaults(events: PartialConfig["events"]): string[] {
  const { pubsub_endpoint: endpoint, pubsub_service_account: account } = events;
  if (endpoint === undefined || !needsCredentials(endpoint)) return [];
  const faults: string[] = [];
  if (URL.parse(endpoint)?.protocol === "http:") {
    faults.push(
      "events.pubsub_endpoint must be https://, since requests to Google carry credentials",
    );
  }
  if (account === null) {
    faults.push(
      "events.pubsub_service_account must be set, since Google's endpoints need credentials (wrangler secret put SIGNAL_MANAGER_EVENTS_PUBSUB_SERVICE_ACCOUNT)",
    );
  }
  return faults;
}
