import { decodeJwt } from "jose";
import { describe, expect, it } from "vitest";
import {
  createPubsubPublisher,
  needsCredentials,
  type PubsubSettings,
} from "../../../src/events/sinks/pubsub/publisher.ts";
import { EVENT_AT_MS, someMessages } from "../../support/events.ts";
import { makeServiceAccount } from "../../support/service-account.ts";

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

/** A publisher whose requests are answered in turn, the last answer for ever, and a clock that runs by a second a look. */
function publisher(settings: Partial<PubsubSettings>, answers: readonly (() => Response)[]) {
  const asked: Asked[] = [];
  let nowMs = EVENT_AT_MS;
  const created = createPubsubPublisher(
    { ...SETTINGS, ...settings },
    {
      fetch: (url, init) => {
        const authorization = new Headers(init.headers).get("authorization");
        asked.push({ url, authorization, body: String(init.body) });
        const answer = answers[Math.min(asked.length, answers.length) - 1];
        return Promise.resolve(answer?.() ?? new Response(null, { status: 599 }));
      },
      now: () => (nowMs += 1000),
    },
  );
  return { publish: (count: number) => created.publish(someMessages(count)), asked };
}

const taken = () => Response.json({ messageIds: ["1", "2"] });
const unauthorized = () =>
  Response.json({ error: { status: "UNAUTHENTICATED", message: "No." } }, { status: 401 });

const granted = () => Response.json({ access_token: "ya29.x", expires_in: 3599 });
const away = () => Response.json({ error: "internal_failure" }, { status: 500 });

describe("a publish request", () => {
  it("goes to the topic with its messages and a token", async () => {
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

  it("bears a project and a topic of odd names, and an endpoint that ends in a slash", async () => {
    const odd = { endpoint: "http://localhost:8085/", project: "example.com:p", topic: "a%b+c~d" };
    const { publish, asked } = publisher({ ...odd, serviceAccount: null }, [taken]);
    await publish(2);
    expect(asked[0]?.url).toBe(
      "http://localhost:8085/v1/projects/example.com%3Ap/topics/a%25b%2Bc~d:publish",
    );
  });

  it("is not made for nothing", async () => {
    const { publish, asked } = publisher({}, [taken]);
    expect(await publish(0)).toEqual({ kind: "published" });
    expect(asked).toEqual([]);
  });

  it("uses one token for all", async () => {
    const { publish, asked } = publisher({}, [taken]);
    await Promise.all([publish(2), publish(2)]);
    await publish(2);
    expect(new Set(asked.map(({ authorization }) => authorization)).size).toBe(1);
    expect(asked).toHaveLength(3);
  });
});

describe("a token that is refused", () => {
  it("is replaced by another, once", async () => {
    const { publish, asked } = publisher({}, [unauthorized, taken]);
    expect(await publish(2)).toEqual({ kind: "published" });
    const [first, second] = asked.map(({ authorization }) => authorization);
    expect(asked).toHaveLength(2);
    expect(second).not.toBe(first);
    expect(second).toMatch(/^Bearer ey/);
  });

  it("twice is a rejection that concerns the settings", async () => {
    const { publish, asked } = publisher({}, [unauthorized]);
    expect(await publish(2)).toEqual({
      kind: "rejected",
      reason: "401 UNAUTHENTICATED: No.",
      concerns: "settings",
    });
    expect(asked).toHaveLength(2);
  });

  it("is not asked for again where there is none", async () => {
    const local = { endpoint: "http://127.0.0.1:8085", serviceAccount: null };
    const { publish, asked } = publisher(local, [unauthorized]);
    expect(await publish(2)).toMatchObject({ kind: "rejected", concerns: "settings" });
    expect(asked).toHaveLength(1);
  });
});

describe("the option oauth", () => {
  it("exchanges a token first, and keeps it", async () => {
    const { publish, asked } = publisher({ auth: "oauth" }, [granted, taken]);
    await publish(2);
    await publish(2);
    expect(asked.map(({ url, authorization }) => [new URL(url).hostname, authorization])).toEqual([
      ["oauth2.googleapis.com", null],
      ["europe-west1-pubsub.googleapis.com", "Bearer ya29.x"],
      ["europe-west1-pubsub.googleapis.com", "Bearer ya29.x"],
    ]);
  });

  it("publishes nothing without one, and says why", async () => {
    const { publish, asked } = publisher({ auth: "oauth" }, [away]);
    expect(await publish(2)).toEqual({
      kind: "retry",
      reason: "token: 500 internal_failure",
      retryAfterMs: null,
    });
    expect(asked).toHaveLength(1);
  });
});

describe("credentials", () => {
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
  ])("for %s are needed: %j", (endpoint, needed) => {
    expect(needsCredentials(endpoint)).toBe(needed);
  });

  it("that are needed and missing reject the request before it is made", async () => {
    const { publish, asked } = publisher({ serviceAccount: null }, [taken]);
    expect(await publish(2)).toEqual({
      kind: "rejected",
      reason: "no service account is configured",
      concerns: "settings",
    });
    expect(asked).toEqual([]);
  });
});
