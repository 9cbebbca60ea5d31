/** Publishes one batch to Google Cloud Pub/Sub over REST. Which batch, and what happens next, the Ledger decides. */
import type { PubsubMessage } from "./cloud-event.ts";
import { exchangedToken, selfSignedToken } from "./google-token.ts";
import { exchange, type Fetch } from "../http-exchange.ts";
import { classifyAnswer, type PublishOutcome, type PublishVerdict } from "./publish-outcome.ts";
import type { ServiceAccount } from "./service-account.ts";
import { cacheToken, type TokenSource } from "./token-cache.ts";

export interface PubsubSettings {
  /**
   * The base of the URL: scheme, host, port. A locational one, as `https://europe-west1-pubsub.googleapis.com`, keeps the
   * order; the global one may change regions.
   */
  readonly endpoint: string;
  readonly project: string;
  readonly topic: string;
  /** `jwt`: tokens signed by ourselves; `oauth`: exchanged at `tokenUrl`. */
  readonly auth: "jwt" | "oauth";
  /** null: requests carry no token, as for the emulator. */
  readonly serviceAccount: ServiceAccount | null;
  readonly tokenUrl: string;
  /** Of each HTTP request with its answer. */
  readonly timeoutMs: number;
}

export interface PubsubPorts {
  readonly fetch: Fetch;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

export interface Publisher {
  /** The messages MUST share one ordering key and fit one request: a batch of `takeBatch` does. Never throws. */
  publish(messages: readonly PubsubMessage[]): Promise<PublishOutcome>;
}

export function createPubsubPublisher(settings: PubsubSettings, ports: PubsubPorts): Publisher {
  const { project, topic } = settings;
  const path = `/v1/projects/${encodeURIComponent(project)}/topics/${encodeURIComponent(topic)}:publish`;
  const url = settings.endpoint.replace(/\/+$/, "") + path;
  const tokens = tokenSource(settings, ports);

  const post = async (
    messages: readonly PubsubMessage[],
    token: string | null,
  ): Promise<PublishVerdict> => {
    const bearer = token === null ? {} : { authorization: `Bearer ${token}` };
    const headers = { "content-type": "application/json", ...bearer };
    const request = { headers, body: JSON.stringify({ messages }) };
    const answer = await exchange(ports.fetch, url, request, settings.timeoutMs);
    return answer.ok
      ? classifyAnswer(answer.value, messages.length, ports.now())
      : { kind: "retry", reason: answer.failure, retryAfterMs: null };
  };

  return {
    async publish(messages) {
      if (messages.length === 0) return { kind: "published" };
      if (tokens === null) {
        if (needsCredentials(settings.endpoint)) return settled("no service account is configured");
        return settle(await post(messages, null));
      }
      let token = await tokens.get();
      if (!token.ok) return token.failure;
      const first = await post(messages, token.value);
      if (first.kind !== "unauthorized") return first;
      // Once more with a token of now: the old one's key may have been replaced, or a clock been set.
      tokens.drop(token.value);
      token = await tokens.get();
      return token.ok ? settle(await post(messages, token.value)) : token.failure;
    },
  };
}

/** Google's servers do; another endpoint is the emulator, or a proxy that has its own. */
export function needsCredentials(endpoint: string): boolean {
  return URL.canParse(endpoint) && /(^|\.)googleapis\.com\.?$/.test(new URL(endpoint).hostname);
}

function tokenSource(settings: PubsubSettings, { fetch, now }: PubsubPorts): TokenSource | null {
  const { serviceAccount, auth, tokenUrl, timeoutMs } = settings;
  if (serviceAccount === null) return null;
  const mint =
    auth === "oauth"
      ? exchangedToken(serviceAccount, { fetch, tokenUrl, timeoutMs }, now)
      : selfSignedToken(serviceAccount, now);
  return cacheToken(mint, now);
}

function settle(verdict: PublishVerdict): PublishOutcome {
  return verdict.kind === "unauthorized" ? settled(verdict.reason) : verdict;
}

function settled(reason: string): PublishOutcome {
  return { kind: "rejected", reason, concerns: "settings" };
}
