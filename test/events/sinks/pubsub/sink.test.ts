/** The sink `pubsub`, on the fake Pub/Sub over real sockets. */
import { PubsubRest } from "../../../../scripts/local/pubsub-rest.ts";
import { createPubsubSink } from "../../../../src/events/sinks/pubsub/publisher.ts";
import { FakePubsub } from "../../../../scripts/local/fake-pubsub.ts";
import type { FakeFault } from "../../../../scripts/local/fake-pubsub/faults.ts";
import { describeSink } from "../sink-contract.ts";
import { after } from "../../../../src/worker/timer.ts";

const FAULTS: readonly (readonly [what: string, fault: FakeFault])[] = [
  ["an error that passes", google(503, "UNAVAILABLE")],
  ["a bad message", google(400, "INVALID_ARGUMENT")],
  ["a missing right", google(403, "PERMISSION_DENIED")],
  ["a page of a proxy", { kind: "html", status: 502 }],
  ["a broken connection", { kind: "reset" }],
  ["an answer that never ends", { kind: "slow-body" }],
];

function google(code: number, status: string): FakeFault {
  return { kind: "error", error: { code, status, message: "Words." } };
}

describeSink("pubsub", async () => {
  const fake = await FakePubsub.start();
  const rest = new PubsubRest(fake.endpoint, "demo");
  await rest.create("signal-events", "signal-sub");
  const arrived: string[] = [];
  return {
    sink: createPubsubSink(
      {
        endpoint: fake.endpoint,
        project: "demo",
        topic: "signal-events",
        auth: "jwt",
        serviceAccount: null,
        tokenUrl: fake.tokenUrl,
        timeoutMs: 500,
      },
      { fetch, after, now: Date.now },
    ),
    async arrived() {
      let taken = await rest.take("signal-sub");
      // A subscription gives one message of an ordering key at a time.
      for (; taken.length > 0; taken = await rest.take("signal-sub")) {
        arrived.push(...taken.map(({ attributes }) => attributes["ce-id"] ?? ""));
      }
      return arrived;
    },
    failures: [
      ...FAULTS.map(([what, fault]) => ({ what, begin: () => fake.inject(fault) })),
      { what: "nobody who listens", begin: () => fake.goAway() },
    ],
    dispose: () => fake.goAway(),
  };
});
