/** The real service and a Pub/Sub that demands credentials or refuses events for good. */
import { describe, expect, it, onTestFinished, vi } from "vitest";
import type { ReceivedMessage } from "../../scripts/local/pubsub-rest.ts";
import type { BearerSettings } from "../../scripts/local/fake-pubsub/bearer.ts";
import { invalid } from "../../scripts/local/fake-pubsub/google-error.ts";
import { NodeClient } from "../support/node-client.ts";
import { NodeService, type ShellSettings } from "../support/node-service.ts";
import { FakePubsubServer } from "../support/pubsub-fake-server.ts";
import { dataOf } from "../support/received-events.ts";
import { scrape, type Scraped } from "../support/scrape.ts";
import { makeServiceAccount } from "../support/service-account.ts";

const TOPIC = "signal-events";
const ADMIN_TOKEN = "the-admin-token-of-the-tests";
const PATIENCE = { timeout: 30_000, interval: 100 };

async function startFake(bearer: BearerSettings | null = null) {
  const server = await FakePubsubServer.start(bearer);
  onTestFinished(() => server.stop());
  return { server, fake: server.fake, collector: await server.collect(TOPIC) };
}

async function startService(
  { endpoint, project }: FakePubsubServer,
  settings: ShellSettings,
): Promise<NodeService> {
  const service = await NodeService.start({
    SIGNAL_MANAGER_EVENTS_SINKS: "pubsub",
    SIGNAL_MANAGER_EVENTS_PUBSUB_ENDPOINT: endpoint,
    SIGNAL_MANAGER_EVENTS_PUBSUB_PROJECT: project,
    SIGNAL_MANAGER_EVENTS_PUBSUB_TOPIC: TOPIC,
    ...settings,
  });
  onTestFinished(() => service.processes.end("SIGKILL"));
  return service;
}

function scrapeUntil(
  service: NodeService,
  isThere: (scraped: Scraped) => boolean,
): Promise<Scraped> {
  return vi.waitUntil(async () => {
    const scraped = await scrape(service);
    return isThere(scraped) && scraped;
  }, PATIENCE);
}

function requests(outcome: string): string {
  return `signal_manager_publish_requests_total{outcome="${outcome}"}`;
}

function gauge(scraped: Scraped, name: string): number | undefined {
  return scraped.get(`signal_manager_events_${name}`);
}

function isOf(client: string) {
  return ({ attributes }: Pick<ReceivedMessage, "attributes">) =>
    attributes["client_id"] === client;
}

describe("a service account's key in the settings", () => {
  it.each([
    { auth: "jwt", kind: "signed", other: "exchanged" },
    { auth: "oauth", kind: "exchanged", other: "signed" },
  ] as const)(
    "opens Pub/Sub with a token that is $kind: pubsub_auth = $auth",
    async ({ auth, kind, other }) => {
      const { account, publicKey, json } = makeServiceAccount();
      const { clientEmail } = account;
      const pubsub = await startFake({ publicKey, clientEmail, mayPublish: true });
      const { bearer, tokenUrl } = pubsub.fake;
      const service = await startService(pubsub.server, {
        SIGNAL_MANAGER_EVENTS_PUBSUB_SERVICE_ACCOUNT: json,
        SIGNAL_MANAGER_EVENTS_PUBSUB_AUTH: auth,
        SIGNAL_MANAGER_EVENTS_PUBSUB_TOKEN_URL: tokenUrl,
      });
      // Within pubsub_timeout: waited for, not tried again.
      pubsub.fake.inject({ kind: "slow", delayMs: 300 });
      await NodeClient.connectAs(service.url, "alice");
      await pubsub.collector.until((all) => all.some(isOf("alice")));
      expect(bearer?.shown[kind]).toBeGreaterThan(0);
      expect(bearer?.shown[other]).toBe(0);
      const scraped = await scrapeUntil(service, (now) => now.get(requests("published")) === 1);
      expect(scraped.get(requests("retried"))).toBe(0);
      expect(scraped.get(requests("parked"))).toBe(0);
    },
  );
});

describe("an event that Pub/Sub refuses for good", () => {
  it("is parked with the reason while the others arrive, and arrives when an operator retries it", async () => {
    const { server, fake, collector } = await startFake();
    const service = await startService(server, { SIGNAL_MANAGER_ADMIN_TOKEN: ADMIN_TOKEN });
    const admin = async (method: string, path: string, body?: object): Promise<unknown> => {
      const authorization = `Bearer ${ADMIN_TOKEN}`;
      const headers = { authorization, "content-type": "application/json" };
      const init = { method, headers, ...(body && { body: JSON.stringify(body) }) };
      return (await service.fetch(`/admin/events${path}`, init)).json();
    };

    // While Pub/Sub is away three events gather, the bad one between two good ones.
    await fake.goAway();
    for (const id of ["before", "bad", "behind"]) await NodeClient.connectAs(service.url, id);
    const waiting = await scrapeUntil(service, (now) => gauge(now, "queued") === 3);
    expect(gauge(waiting, "oldest_age_seconds")).toBeGreaterThan(0);
    expect(gauge(waiting, "parked")).toBe(0);

    fake.refuse({ isOf: isOf("bad"), error: invalid("Not this one.") });
    await fake.comeBack();
    const parked = await scrapeUntil(service, (now) => gauge(now, "parked") === 1);
    await collector.until((all) => all.some(isOf("before")) && all.some(isOf("behind")));
    expect(parked.get(requests("parked"))).toBe(1);
    await NodeClient.connectAs(service.url, "later");
    await collector.until((all) => all.some(isOf("later")));
    const still = await scrapeUntil(service, (now) => gauge(now, "queued") === 0);
    expect(gauge(still, "oldest_age_seconds")).toBe(0);
    expect(gauge(still, "parked")).toBe(1);
    expect(collector.received.some(isOf("bad"))).toBe(false);

    const page = (await admin("GET", "/parked")) as { events: { event_id: string }[] };
    expect(page).toMatchObject({
      events: [
        {
          event_type: "client.connected",
          hub: "main",
          reason: "400 INVALID_ARGUMENT: Not this one.",
          data: { client_id: "bad" },
        },
      ],
      next: null,
    });

    fake.refuse(null);
    expect(await admin("POST", "/retry", {})).toEqual({ retried: 1 });
    await collector.until((all) => all.some(isOf("bad")));
    const arrived = collector.received.filter(isOf("bad"));
    expect(arrived.map(({ attributes }) => attributes["ce-id"])).toEqual([
      page.events[0]?.event_id,
    ]);
    expect(arrived.map(dataOf)).toMatchObject([{ client_id: "bad" }]);
    await scrapeUntil(service, (now) => gauge(now, "parked") === 0 && gauge(now, "queued") === 0);
    expect(await admin("GET", "/parked")).toEqual({ events: [], next: null });
  });
});
