/** The requests that publishing makes, and their tokens. */
import { decodeJwt } from "jose";
import { describe, expect, it } from "vitest";
import {
  createPublish,
  needsCredentials,
  type PubsubSettings,
} from "../../../../src/events/sinks/pubsub/publisher.ts";
import { EVENT_AT_MS, someMessages } from "../../../support/events.ts";
import { makeServiceAccount } from "../../../support/service-account.ts";
import { after } from "../../../../src/worker/timer.ts";

const { account } = makeServiceAccount();

const SETTINGS: PubsubSettings = {
  endpoint: "https://europe-west1-pubsub.googleapis.com",
  project: "demo",
  topic: "signal-events",
  auth: "jwt",
  serviceAccount: account,
  tokenUrl: "https://oauth2.googleapis.com/token",
  timeoutMs: 10_000,
};

interface Asked {
  readonly url: string;
  readonly authorization: string | null;
  readonly body: string;
}

/** Requests get these answers in turn, and the last one for ever. The clock moves one second each time it is read. */
function publisher(settings: Partial<PubsubSettings>, answers: readonly (() => Response)[]) {
  const asked: Asked[] = [];
  let nowMs = EVENT_AT_MS;
  const publish = createPublish(
    { ...SETTINGS, ...settings },
    {
      fetch: (url, init) => {
        const authorization = new Headers(init.headers).get("authorization");
        asked.push({ url, authorization, body: String(init.body) });
        const answer = answers[Math.min(asked.length, answers.length) - 1];
        return Promise.resolve(answer?.() ?? new Response(null, { status: 599 }));
      },
      after,
      now: () => (nowMs += 1000),
    },
  );
  return { publish: (count: number) => publish(someMessages(count)), asked };
}

const taken = () => Response.json({ messageIds: ["1", "2"] });
const unauthorized = () =>
  Response.json({ error: { status: "UNAUTHENTICATED", message: "No." } }, { status: 401 });

const granted = () => Response.json({ access_token: "ya29.x", expires_in: 3599 });
const away = () => Response.json({ error: "internal_failure" }, { status: 500 });

describe("Publishing", () => {
  it("posts the messages to the topic, with a token", async () => {
    const { publish, asked } = publisher({}, [taken]);
    expect(await publish(2)).toEqual({ kind: "published" });
    expect(asked).toHaveLength(1);
    expect(asked[0]?.url).toBe(
      "https://europe-west1-pubsub.googleapis.com/v1/projects/demo/topics/signal-events:publish",
    );
    expect(JSON.parse(asked[0]?.body ?? "")).toEqual({ messages: someMessages(2) });
    expect(decodeJwt(asked[0]?.authorization?.slice("Bearer ".length) ?? "").iss).toBe(
      account.clientEmail,
    );
  });

  it("escapes the names of project and topic, and accepts an endpoint that ends in a slash", async () => {
    const odd = { endpoint: "http://localhost:8085/", project: "example.com:p", topic: "a%b+c~d" };
    const { publish, asked } = publisher({ ...odd, serviceAccount: null }, [taken]);
    await publish(2);
    expect(asked[0]?.url).toBe(
      "http://localhost:8085/v1/projects/example.com%3Ap/topics/a%25b%2Bc~d:publish",
    );
  });

  it("makes no request for no messages", async () => {
    const { publish, asked } = publisher({}, [taken]);
    expect(await publish(0)).toEqual({ kind: "published" });
    expect(asked).toEqual([]);
  });

  it("uses one token for several requests", async () => {
    const { publish, asked } = publisher({}, [taken]);
    await Promise.all([publish(2), publish(2)]);
    await publish(2);
    expect(new Set(asked.map(({ authorization }) => authorization)).size).toBe(1);
    expect(asked).toHaveLength(3);
  });
});

describe("Publishing through a relay", () => {
  it("posts below the path of the endpoint, without a token", async () => {
    const relay = { endpoint: "https://relay.example/secret/", serviceAccount: null };
    const { publish, asked } = publisher(relay, [taken]);
    expect(await publish(2)).toEqual({ kind: "published" });
    const topic = `projects/${SETTINGS.project}/topics/${SETTINGS.topic}`;
    const url = `https://relay.example/secret/v1/${topic}:publish`;
    expect(asked).toMatchObject([{ url, authorization: null }]);
  });
});

describe("Publishing, when the token is refused,", () => {
  it("tries once more with a new token", async () => {
    const { publish, asked } = publisher({}, [unauthorized, taken]);
    expect(await publish(2)).toEqual({ kind: "published" });
    const [first, second] = asked.map(({ authorization }) => authorization);
    expect(asked).toHaveLength(2);
    expect(second).not.toBe(first);
    expect(second).toMatch(/^Bearer ey/);
  });

  it("blames the settings if the new token is refused as well", async () => {
    const { publish, asked } = publisher({}, [unauthorized]);
    expect(await publish(2)).toEqual({
      kind: "blocked",
      reason: "401 UNAUTHENTICATED: No.",
    });
    expect(asked).toHaveLength(2);
  });

  it("does not try again without credentials", async () => {
    const local = { endpoint: "http://127.0.0.1:8085", serviceAccount: null };
    const { publish, asked } = publisher(local, [unauthorized]);
    expect(await publish(2)).toMatchObject({ kind: "blocked" });
    expect(asked).toHaveLength(1);
  });
});

describe("Publishing with oauth", () => {
  it("exchanges a token first, and keeps it for later requests", async () => {
    const { publish, asked } = publisher({ auth: "oauth" }, [granted, taken]);
    await publish(2);
    await publish(2);
    expect(asked.map(({ url, authorization }) => [new URL(url).hostname, authorization])).toEqual([
      ["oauth2.googleapis.com", null],
      ["europe-west1-pubsub.googleapis.com", "Bearer ya29.x"],
      ["europe-west1-pubsub.googleapis.com", "Bearer ya29.x"],
    ]);
  });

  it("publishes nothing if no token can be had, and returns the reason", async () => {
    const { publish, asked } = publisher({ auth: "oauth" }, [away]);
    expect(await publish(2)).toEqual({
      kind: "retry",
      reason: "token: 500 internal_failure",
      retryAfterMs: null,
    });
    expect(asked).toHaveLength(1);
  });
});

describe("Credentials", () => {
  it.each([
    ["https://pubsub.googleapis.com", true],
    ["https://europe-west1-pubsub.googleapis.com/", true],
    ["https://pubsub.europe-west1.rep.googleapis.com", true],
    ["https://PUBSUB.GOOGLEAPIS.COM", true],
    ["https://pubsub.googleapis.com.", true],
    ["http://127.0.0.1:8085", false],
    ["https://googleapis.com.example.com", false],
    ["https://notgoogleapis.com", false],
    ["localhost", false],
  ])("are needed for %s: %j", (endpoint, needed) => {
    expect(needsCredentials(endpoint)).toBe(needed);
  });

  it("are checked before a request is made: without them the batch waits", async () => {
    const { publish, asked } = publisher({ serviceAccount: null }, [taken]);
    expect(await publish(2)).toEqual({
      kind: "blocked",
      reason: "no service account is configured",
    });
    expect(asked).toEqual([]);
  });
});
