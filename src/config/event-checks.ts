/** What must hold between the keys of `events`. */
import { needsCredentials } from "../events/sinks/pubsub/publisher.ts";
import { parseServiceAccount } from "../events/sinks/pubsub/service-account.ts";
import type { PartialConfig } from "./keys.ts";

export function findEventFaults({ events }: PartialConfig): string[] {
  const { sinks } = events;
  return [
    ...sinkFaults(sinks),
    ...urlFaults("events.pubsub_endpoint", events.pubsub_endpoint),
    ...urlFaults("events.pubsub_token_url", events.pubsub_token_url),
    ...(sinks?.includes("pubsub") ? pubsubFaults(events) : []),
  ];
}

function sinkFaults(sinks: readonly string[] | undefined): string[] {
  if (sinks?.length === 0) return ['events.sinks must name a sink: "log", "pubsub" or "none"'];
  return sinks?.includes("none") && sinks.length > 1
    ? ['events.sinks must hold "none" alone, or other sinks']
    : [];
}

/** `fetch` takes no URL with credentials, and ours go behind the path. What may be a password is not shown. */
function urlFaults(name: string, url: string | undefined): string[] {
  if (url === undefined) return [];
  const parsed = URL.parse(url);
  const isHttp = parsed !== null && /^https?:$/.test(parsed.protocol);
  if (isHttp && !/[@?#]/.test(url)) return [];
  const shown = /[@?]/.test(url) ? "" : `, got ${JSON.stringify(url)}`;
  return [
    `${name} must be an http:// or https:// URL without credentials, query and fragment${shown}`,
  ];
}

/** A token that anybody on the way can read is anybody's. */
function cleartextFaults(endpoint: string): string[] {
  return needsCredentials(endpoint) && URL.parse(endpoint)?.protocol === "http:"
    ? [`events.pubsub_endpoint must be https://, since requests to Google carry credentials`]
    : [];
}

/** Google's own syntax of both names: letters first, then what may stand in a resource name. */
const RESOURCE_ID = /^[A-Za-z][\w.~+%:-]{2,254}$/;

function pubsubFaults(events: PartialConfig["events"]): string[] {
  const { pubsub_endpoint: endpoint, pubsub_service_account: account } = events;
  const faults = (["pubsub_project", "pubsub_topic"] as const).flatMap((key) => {
    const id = events[key];
    if (id === undefined || RESOURCE_ID.test(id)) return [];
    return id === ""
      ? [`events.${key} must be set: events.sinks names pubsub`]
      : [`events.${key} must be the id alone (as "signal-events"), got ${JSON.stringify(id)}`];
  });
  if (endpoint !== undefined) faults.push(...cleartextFaults(endpoint));
  if (account === undefined || endpoint === undefined) return faults;
  if (account === "") {
    if (needsCredentials(endpoint)) {
      faults.push(
        "events.pubsub_service_account must be set: Google's endpoints want credentials (wrangler secret put SIGNAL_MANAGER_EVENTS_PUBSUB_SERVICE_ACCOUNT)",
      );
    }
    return faults;
  }
  const parsed = parseServiceAccount(account);
  if (!parsed.ok) faults.push(`events.pubsub_service_account: ${parsed.failure}`);
  return faults;
}
