/** Publishing over real sockets, to a Pub/Sub in every kind of trouble. */
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { PubsubRest } from "../../../../scripts/local/pubsub-rest.ts";
import type { PublishOutcome } from "../../../../src/events/sinks/sink.ts";
import {
  createPublish,
  type PubsubSettings,
} from "../../../../src/events/sinks/pubsub/publisher.ts";
import { FakePubsub } from "../../../../scripts/local/fake-pubsub.ts";
import type { BearerSettings } from "../../../../scripts/local/fake-pubsub/bearer.ts";
import type { FakeFault } from "../../../../scripts/local/fake-pubsub/faults.ts";
import { someMessages } from "../../../support/events.ts";
import { makeServiceAccount } from "../../../support/service-account.ts";
import { after } from "../../../../src/worker/timer.ts";

const { account, publicKey } = makeServiceAccount();
const unknownAccount = makeServiceAccount().account;

let fake: FakePubsub;

afterEach(() => fake.goAway());

function publisher(more: Partial<PubsubSettings> = {}) {
  const publish = createPublish(
    {
      endpoint: fake.endpoint,
      project: "demo",
      topic: "signal-events",
      auth: "jwt",
      serviceAccount: null,
      tokenUrl: fake.tokenUrl,
      timeoutMs: 10_000,
      ...more,
    },
    { fetch, after, now: Date.now },
  );
  return { publish };
}

function google(code: number, status: string): FakeFault {
  return { kind: "error", error: { code, status, message: "Words." } };
}

function retry(reason: unknown): PublishOutcome {
  // A string, or what vitest matches one with.
  return { kind: "retry", reason: reason as string, retryAfterMs: null };
}

function rejected(reason: string): PublishOutcome {
  return { kind: "rejected", reason };
}

function blocked(reason: string): PublishOutcome {
  return { kind: "blocked", reason };
}

describe("A publish request", () => {
  beforeEach(async () => {
    fake = await FakePubsub.start();
    await new PubsubRest(fake.endpoint, "demo").create("signal-events", "signal-sub");
  });

  it.each<[string, FakeFault, PublishOutcome]>([
    ["400", google(400, "INVALID_ARGUMENT"), rejected("400 INVALID_ARGUMENT: Words.")],
    ["401", google(401, "UNAUTHENTICATED"), blocked("401 UNAUTHENTICATED: Words.")],
    ["403", google(403, "PERMISSION_DENIED"), blocked("403 PERMISSION_DENIED: Words.")],
    ["408", google(408, "X"), retry("408 X: Words.")],
    ["409 ABORTED", google(409, "ABORTED"), retry("409 ABORTED: Words.")],
    ["409 else", google(409, "ALREADY_EXISTS"), blocked("409 ALREADY_EXISTS: Words.")],
    ["413", google(413, "X"), rejected("413 X: Words.")],
    ["429", google(429, "RESOURCE_EXHAUSTED"), retry("429 RESOURCE_EXHAUSTED: Words.")],
    ["499", google(499, "CANCELLED"), retry("499 CANCELLED: Words.")],
    ["500", google(500, "INTERNAL"), retry("500 INTERNAL: Words.")],
    ["501", google(501, "UNIMPLEMENTED"), blocked("501 UNIMPLEMENTED: Words.")],
    ["502", google(502, "UNAVAILABLE"), retry("502 UNAVAILABLE: Words.")],
    ["503", google(503, "UNAVAILABLE"), retry("503 UNAVAILABLE: Words.")],
    ["504", google(504, "DEADLINE_EXCEEDED"), retry("504 DEADLINE_EXCEEDED: Words.")],
    ["502 in HTML", { kind: "html", status: 502 }, retry("502 without Google's error body")],
    ["503 in HTML", { kind: "html", status: 503 }, retry("503 without Google's error body")],
    ["403 in HTML", { kind: "html", status: 403 }, blocked("403 without Google's error body")],
    ["a reset", { kind: "reset" }, retry(expect.stringMatching(/^network: /))],
    ["a reset after all", { kind: "reset-after" }, retry(expect.stringMatching(/^network: /))],
    ["an id too few", { kind: "short-ids" }, retry("200 with 1 message ids for 2 messages")],
  ])(
    "that fails with %s has this outcome, and the next request is published",
    async (_, fault, outcome) => {
      const { publish } = publisher();
      fake.inject(fault);
      expect(await publish(someMessages(2))).toEqual(outcome);
      expect(fake.publishRequests).toBe(1);
      expect(await publish(someMessages(2))).toEqual({ kind: "published" });
    },
  );

  it.each<[string, FakeFault]>([
    ["an answer that is slow", { kind: "slow", delayMs: 2000 }],
    ["a body that never ends", { kind: "slow-body" }],
  ])("that meets %s ends in time", async (_, fault) => {
    const { publish } = publisher({ timeoutMs: 200 });
    fake.inject(fault);
    expect(await publish(someMessages(2))).toEqual(retry("no answer within 200 ms"));
  });

  it("that is refused with 429 returns the pause of Retry-After", async () => {
    fake.inject({
      kind: "error",
      error: { code: 429, status: "RESOURCE_EXHAUSTED", message: "Slowly." },
      retryAfter: "7",
    });
    expect(await publisher().publish(someMessages(2))).toMatchObject({ retryAfterMs: 7000 });
  });

  it("fails with retry while nothing listens", async () => {
    const { publish } = publisher();
    await fake.goAway();
    expect(await publish(someMessages(2))).toEqual(
      retry(expect.stringMatching(/^network: fetch failed/)),
    );
    await fake.comeBack();
    expect(await publish(someMessages(2))).toEqual({ kind: "published" });
  });

  it("for a missing topic waits until somebody creates the topic", async () => {
    expect(await publisher({ topic: "other" }).publish(someMessages(2))).toEqual(
      blocked("404 NOT_FOUND: Resource not found (resource=other)."),
    );
  });

  it("with several ordering keys is rejected, which is why batches never mix them", async () => {
    const mixed = [...someMessages(1, "a"), ...someMessages(1, "b")];
    expect(await publisher().publish(mixed)).toMatchObject({
      kind: "rejected",
      reason: expect.stringMatching(/^400 FAILED_PRECONDITION: In a single publish request/),
    });
  });
});

describe("A Pub/Sub that verifies tokens", () => {
  const bearer: BearerSettings = { publicKey, clientEmail: account.clientEmail, mayPublish: true };

  async function start(more: Partial<BearerSettings> = {}): Promise<void> {
    fake = await FakePubsub.start({ ...bearer, ...more });
  }

  /** A 404 means that the token was accepted: there is no topic, since creating one takes a token, too. */
  const INSIDE = { kind: "blocked", reason: expect.stringMatching(/^404 NOT_FOUND/) };

  it.each(["jwt", "oauth"] as const)("accepts ours: %s", async (auth) => {
    await start();
    const { publish } = publisher({ auth, serviceAccount: account });
    expect(await publish(someMessages(1))).toMatchObject(INSIDE);
    expect(await publish(someMessages(1))).toMatchObject(INSIDE);
    expect(fake.publishRequests).toBe(2);
  });

  it("refuses a request without a token, and a token signed with another key after one more attempt", async () => {
    await start();
    const outcome = { kind: "blocked", reason: expect.stringMatching(/^401 UNAUTHENTICATED/) };
    expect(await publisher().publish(someMessages(1))).toMatchObject(outcome);
    expect(fake.publishRequests).toBe(1);
    const wrong = publisher({ serviceAccount: unknownAccount });
    expect(await wrong.publish(someMessages(1))).toMatchObject(outcome);
    expect(fake.publishRequests).toBe(3);
  });

  it("refuses to exchange a token that another key signed", async () => {
    await start();
    const wrong = publisher({ auth: "oauth", serviceAccount: unknownAccount });
    expect(await wrong.publish(someMessages(1))).toEqual({
      kind: "blocked",
      reason: "token: 400 invalid_grant Invalid JWT Signature.",
    });
    expect(fake.publishRequests).toBe(0);
  });

  it("refuses an account without the role to publish", async () => {
    await start({ mayPublish: false });
    const { publish } = publisher({ serviceAccount: account });
    expect(await publish(someMessages(1))).toEqual({
      kind: "blocked",
      reason: "403 PERMISSION_DENIED: User not authorized to perform this action.",
    });
  });

  it.each(["jwt", "oauth"] as const)(
    "gets another token after it refused one: %s",
    async (auth) => {
      await start();
      let nowMs = Date.now() - 60_000;
      const publish = createPublish(
        {
          endpoint: fake.endpoint,
          project: "demo",
          topic: "signal-events",
          auth,
          serviceAccount: account,
          tokenUrl: fake.tokenUrl,
          timeoutMs: 10_000,
        },
        { fetch, after, now: () => nowMs },
      );
      expect(await publish(someMessages(1))).toMatchObject(INSIDE);
      nowMs += 60_000;
      fake.bearer?.refuseIssuedBefore(nowMs / 1000 - 30);
      expect(await publish(someMessages(1))).toMatchObject(INSIDE);
      expect(fake.publishRequests).toBe(3);
    },
  );
});
