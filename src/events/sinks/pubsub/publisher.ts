/** The sink `pubsub`: publishes batches to Google Cloud Pub/Sub over REST. Which batch is next, its dispatcher decides. */
import { exchange, type HttpPorts } from "../http-exchange.ts";
import type { PublishOutcome, Sink } from "../sink.ts";
import { MAX_BATCH_MESSAGES, takeBatch } from "./batch.ts";
import { toPubsubMessage, type PubsubMessage } from "./cloud-event.ts";
import { exchangedToken, selfSignedToken } from "./google-token.ts";
import { classifyAnswer, type PublishVerdict } from "./publish-outcome.ts";
import type { ServiceAccount } from "./service-account.ts";
import { cacheToken, type TokenSource } from "./token-cache.ts";

export interface PubsubSettings {
  /**
   * The base of the URL: scheme, host, port. A locational one, such as `https://europe-west1-pubsub.googleapis.com`, keeps
   * events in order; the global one may change regions.
   */
  readonly endpoint: string;
  readonly project: string;
  readonly topic: string;
  /** `jwt`: tokens that the service signs itself; `oauth`: tokens exchanged at `tokenUrl`. */
  readonly auth: "jwt" | "oauth";
  /** null: requests carry no token, as for the emulator. */
  readonly serviceAccount: ServiceAccount | null;
  readonly tokenUrl: string;
  /** Of each HTTP request with its answer. */
  readonly timeoutMs: number;
}

export interface PubsubPorts extends HttpPorts {
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

export function createPubsubSink(settings: PubsubSettings, ports: PubsubPorts): Sink {
  const publish = createPublish(settings, ports);
  return {
    name: "pubsub",
    delivery: "stored",
    maxBatchEvents: MAX_BATCH_MESSAGES,
    batch(head) {
      const messages = takeBatch(head.map(toPubsubMessage));
      return { events: messages.length, publish: () => publish(messages) };
    },
  };
}

type Publish = (messages: readonly PubsubMessage[]) => Promise<PublishOutcome>;

/** Returns a function that never rejects. The messages MUST fit one request, as a batch of `takeBatch` does. */
export function createPublish(settings: PubsubSettings, ports: PubsubPorts): Publish {
  const post = createPost(settings, ports);
  const tokens = tokenSource(settings, ports);
  return async (messages) => {
    // Pub/Sub refuses a request without messages.
    if (messages.length === 0) return { kind: "published" };
    if (tokens === null) {
      return needsCredentials(settings.endpoint)
        ? { kind: "blocked", reason: "no service account is configured" }
        : final(await post(messages, null));
    }
    let token = await tokens.get();
    if (!token.ok) return token.failure;
    const first = await post(messages, token.value);
    if (first.kind !== "unauthorized") return first;
    // Once more with a new token: the key of the old one may have been replaced, or a clock been set.
    tokens.drop(token.value);
    token = await tokens.get();
    return token.ok ? final(await post(messages, token.value)) : token.failure;
  };
}

/** Whether the endpoint is Google's. Another one is the emulator, or a proxy with credentials of its own. */
export function needsCredentials(endpoint: string): boolean {
  return URL.canParse(endpoint) && /(^|\.)googleapis\.com\.?$/.test(new URL(endpoint).hostname);
}

type Post = (messages: readonly PubsubMessage[], token: string | null) => Promise<PublishVerdict>;

function createPost(settings: PubsubSettings, ports: PubsubPorts): Post {
  const { project, topic, timeoutMs } = settings;
  const path = `/v1/projects/${encodeURIComponent(project)}/topics/${encodeURIComponent(topic)}:publish`;
  const url = settings.endpoint.replace(/\/+$/, "") + path;
  return async (messages, token) => {
    const bearer = token === null ? {} : { authorization: `Bearer ${token}` };
    const headers = { "content-type": "application/json", ...bearer };
    const body = JSON.stringify({ messages });
    const answer = await exchange(ports, url, { headers, body, timeoutMs });
    return answer.ok
      ? classifyAnswer(answer.value, messages.length, ports.now())
      : { kind: "retry", reason: answer.failure, retryAfterMs: null };
  };
}

function tokenSource(settings: PubsubSettings, ports: PubsubPorts): TokenSource | null {
  const { serviceAccount, auth, tokenUrl, timeoutMs } = settings;
  if (serviceAccount === null) return null;
  const mint =
    auth === "oauth"
      ? exchangedToken(serviceAccount, { ...ports, tokenUrl, timeoutMs })
      : selfSignedToken(serviceAccount, ports.now);
  return cacheToken(mint, ports.now);
}

/** A new token was refused as well: no token helps. */
function final(verdict: PublishVerdict): PublishOutcome {
  return verdict.kind === "unauthorized" ? { kind: "blocked", reason: verdict.reason } : verdict;
}
