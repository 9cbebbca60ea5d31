/** A service whose permission, key or topic Google does not know yet: the first minutes after a grant. */
import { afterEach, beforeEach, expect, it } from "vitest";
import { FakePubsub } from "../../../../scripts/local/fake-pubsub.ts";
import { googleError } from "../../../../scripts/local/fake-pubsub/google-error.ts";
import { PubsubRest } from "../../../../scripts/local/pubsub-rest.ts";
import { Dispatcher, type PublishResult } from "../../../../src/events/dispatcher.ts";
import type { Fetch } from "../../../../src/events/sinks/http-exchange.ts";
import { createPubsubSink } from "../../../../src/events/sinks/pubsub/publisher.ts";
import { after } from "../../../../src/worker/timer.ts";
import { sqlLedgerStores } from "../../../../src/worker/sqlite/ledger-stores.ts";
import { EVENT_AT_MS, someEvents } from "../../../support/events.ts";
import { nodeStorage } from "../../../support/node-storage.ts";
import { makeServiceAccount } from "../../../support/service-account.ts";

const { account } = makeServiceAccount();
const GRANTED_AT_MS = EVENT_AT_MS + 60_000;
const EVENTS = 524;
const SUBSCRIPTION = "signal-sub";

let fake: FakePubsub;
let nowMs = EVENT_AT_MS;

beforeEach(async () => {
  nowMs = EVENT_AT_MS;
  fake = await FakePubsub.start();
  await new PubsubRest(fake.endpoint, "demo").create("signal-events", SUBSCRIPTION);
});

afterEach(() => fake.goAway());

type Refuse = (url: string) => Response | null;

const publishRefusal =
  (code: number, status: string): Refuse =>
  (url) =>
    url.endsWith(":publish")
      ? Response.json({ error: googleError(code, status, "Not yet.") }, { status: code })
      : null;

const tokenRefusal =
  (status: number, body: object): Refuse =>
  (url) =>
    url === fake.tokenUrl ? Response.json(body, { status }) : null;

/** Pub/Sub over real sockets, which refuses until the grant has reached it, and a token endpoint that then answers. */
function pubsubThat(refuse: Refuse): Fetch {
  return async (url, init) => {
    const refusal = nowMs < GRANTED_AT_MS ? refuse(url) : null;
    if (refusal !== null) return refusal;
    if (url === fake.tokenUrl) return Response.json({ access_token: "ya29.x", expires_in: 3599 });
    return fetch(url, init);
  };
}

function ledgerWith(refuse: Refuse) {
  const stores = sqlLedgerStores(nodeStorage(), ["pubsub"]);
  const results: PublishResult[] = [];
  const sink = createPubsubSink(
    {
      endpoint: fake.endpoint,
      project: "demo",
      topic: "signal-events",
      auth: "oauth",
      serviceAccount: account,
      tokenUrl: fake.tokenUrl,
      timeoutMs: 10_000,
    },
    { fetch: pubsubThat(refuse), after, now: () => nowMs },
  );
  const dispatcher = new Dispatcher(sink, 1, {
    queue: stores.queue.of("pubsub"),
    park: (event, reason, parkedAtMs) =>
      stores.parked.park(event, { sink: "pubsub", reason, parkedAtMs }),
    transaction: (run) => stores.transaction(run),
    now: () => nowMs,
    random: () => 0,
    observe: (result) => results.push(result),
  });
  return { stores, results, dispatcher };
}

async function receivedIds(): Promise<(string | undefined)[]> {
  const rest = new PubsubRest(fake.endpoint, "demo");
  const ids: (string | undefined)[] = [];
  for (let page = await rest.take(SUBSCRIPTION); page.length > 0;) {
    ids.push(...page.map(({ attributes }) => attributes["ce-id"]));
    page = await rest.take(SUBSCRIPTION);
  }
  return ids;
}

it.each<[string, () => Refuse]>([
  ["403 to every publish request", () => publishRefusal(403, "PERMISSION_DENIED")],
  ["401 to every publish request", () => publishRefusal(401, "UNAUTHENTICATED")],
  ["404 to every publish request", () => publishRefusal(404, "NOT_FOUND")],
  ["400 because billing is off", () => publishRefusal(400, "FAILED_PRECONDITION")],
  ["405 from a proxy", () => publishRefusal(405, "METHOD_NOT_ALLOWED")],
  ["400 invalid_grant for the token", () => tokenRefusal(400, { error: "invalid_grant" })],
  ["403 for the token", () => tokenRefusal(403, { error: "access_denied" })],
])(
  "Events that meet %s for a minute all arrive in order, and none is parked",
  async (_, makeRefuse) => {
    const { stores, results, dispatcher } = ledgerWith(makeRefuse());
    const events = someEvents(EVENTS);
    // They keep coming while nothing is accepted, and afterwards.
    for (const [at, event] of events.entries()) {
      stores.queue.append(event);
      if (at % 50 !== 0) continue;
      nowMs += 7000;
      await dispatcher.drain();
    }
    for (let nextMs = dispatcher.nextDrainMs(); nextMs !== null;) {
      nowMs = Math.max(nowMs, nextMs);
      await dispatcher.drain();
      nextMs = dispatcher.nextDrainMs();
    }
    expect(await receivedIds()).toEqual(events.map(({ id }) => id));
    expect(stores.parked.count).toBe(0);
    const outcomes = new Set(results.map(({ outcome }) => outcome));
    expect(outcomes.has("blocked")).toBe(true);
    expect(outcomes.has("parked")).toBe(false);
  },
);
