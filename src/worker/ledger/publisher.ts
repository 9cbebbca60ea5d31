/** The publisher that the configuration asks for. One an object: what it waits for belongs to its own requests. */
import type { Config } from "../../config/keys.ts";
import { createPubsubPublisher, type Publisher } from "../../events/sinks/pubsub/publisher.ts";

/** null: events do not go to Pub/Sub. */
export function createPublisher({ events }: Config): Publisher | null {
  if (!events.sinks.includes("pubsub")) return null;
  return createPubsubPublisher(
    {
      endpoint: events.pubsub_endpoint,
      project: events.pubsub_project,
      topic: events.pubsub_topic,
      auth: events.pubsub_auth,
      serviceAccount: events.pubsub_service_account,
      tokenUrl: events.pubsub_token_url,
      timeoutMs: events.pubsub_timeout * 1000,
    },
    { fetch: (input, init) => fetch(input, init), now: () => Date.now() },
  );
}
