/** The fake, checked by Google's own client over REST, and rule by rule where that client never breaks a rule. */
import { PubSub, v1 } from "@google-cloud/pubsub";
import { PassThroughClient } from "google-auth-library";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { PubsubRest } from "../../../../scripts/local/pubsub-rest.ts";
import { FakePubsub } from "../../../../scripts/local/fake-pubsub.ts";

const TOPIC = "projects/demo/topics/signal-events";

let fake: FakePubsub;

beforeEach(async () => {
  fake = await FakePubsub.start();
  await new PubsubRest(fake.endpoint, "demo").create("signal-events", "signal-sub");
});

afterEach(() => fake.goAway());

async function post(path: string, body: unknown): Promise<[number, unknown]> {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  const response = await fetch(`${fake.endpoint}/v1/${path}`, { method: "POST", body: text });
  return [response.status, await response.json()];
}

function publish(...messages: object[]): Promise<[number, unknown]> {
  return post(`${TOPIC}:publish`, { messages });
}

const good = { data: "aGk=", attributes: { a: "b" }, orderingKey: "k" };

describe("Google's own client", () => {
  it("creates topic and subscription, publishes in order, pulls and acknowledges", async () => {
    const client = new PubSub(options());
    const [topic] = await client.createTopic("by-client");
    await client.createSubscription(topic, "by-client-sub", { enableMessageOrdering: true });
    const ordered = client.topic("by-client", { messageOrdering: true });
    const ids = await Promise.all(
      ["m1", "m2", "m3"].map((text) =>
        ordered.publishMessage({
          data: Buffer.from(text),
          attributes: { u: "é🦊" },
          orderingKey: "k1",
        }),
      ),
    );
    expect(ids).toEqual(["1", "2", "3"]);
    const subscriber = new v1.SubscriberClient({ ...options(), servicePath: "127.0.0.1" });
    const subscription = "projects/demo/subscriptions/by-client-sub";
    const [pulled] = await subscriber.pull({ subscription, maxMessages: 10 });
    const received = pulled.receivedMessages ?? [];
    expect(
      received.map(({ message }) => [
        String(message?.data),
        message?.attributes,
        message?.orderingKey,
      ]),
    ).toEqual(["m1", "m2", "m3"].map((text) => [text, { u: "é🦊" }, "k1"]));
    await subscriber.acknowledge({
      subscription,
      ackIds: received.map(({ ackId }) => ackId ?? ""),
    });
    const [after] = await subscriber.pull({ subscription, maxMessages: 10 });
    expect(after.receivedMessages ?? []).toEqual([]);
    await subscriber.close();
    await client.close();
  });

  it("recognizes the fake's errors as Google's", async () => {
    const client = new PubSub(options());
    const missing = client.topic("missing").publishMessage({ data: Buffer.from("x") });
    await expect(missing).rejects.toMatchObject({ code: 5, httpStatusCode: 404 });
    await client.close();
  });

  it("tries again after 503, and not after 403", async () => {
    const client = new PubSub(options());
    const send = () => client.topic("signal-events").publishMessage({ data: Buffer.from("x") });
    fake.inject({ kind: "error", error: { code: 503, status: "UNAVAILABLE", message: "Later." } });
    await send();
    expect(fake.publishRequests).toBe(2);
    fake.inject({
      kind: "error",
      error: { code: 403, status: "PERMISSION_DENIED", message: "No." },
    });
    await expect(send()).rejects.toMatchObject({ code: 7 });
    expect(fake.publishRequests).toBe(3);
    await client.close();
  });
});

describe("A publish request to the fake", () => {
  it("is answered with one id per message, in their order", async () => {
    expect(await publish(good, { attributes: { only: "attributes" }, orderingKey: "k" })).toEqual([
      200,
      { messageIds: ["1", "2"] },
    ]);
  });

  it.each<[string, object[]]>([
    ["1000 messages", Array.from({ length: 1000 }, () => good)],
    ["100 attributes", [{ attributes: attributes(100) }]],
    ["a name of 256 bytes", [{ attributes: { ["é".repeat(128)]: "" } }]],
    ["a value of 1024 bytes", [{ attributes: { a: "é".repeat(512) } }]],
    ["a key of 1024 bytes", [{ ...good, orderingKey: "é".repeat(512) }]],
    ["10 MB", [{ data: Buffer.alloc(10_000_000).toString("base64") }]],
    ["base64 without padding, of either alphabet", [{ data: "_-8" }]],
  ])("may have %s", async (_, messages) => {
    expect(await publish(...messages)).toEqual([200, { messageIds: expect.any(Array) }]);
  });

  it.each<[string, object[]]>([
    ["no message", []],
    ["1001 messages", Array.from({ length: 1001 }, () => good)],
    ["an empty message", [{}]],
    ["a message of a key alone", [{ data: "", orderingKey: "k" }]],
    ["what is no base64", [{ data: "a" }]],
    ["data that is no text", [{ data: 1 }]],
    ["an unknown member", [{ ...good, ordering_key2: "x" }]],
    ["a message id", [{ ...good, messageId: "1" }]],
    ["an attribute that is no string", [{ attributes: { a: 1 } }]],
    ["101 attributes", [{ attributes: attributes(101) }]],
    ["a name of 257 bytes", [{ attributes: { [`a${"é".repeat(128)}`]: "" } }]],
    ["an empty name", [{ attributes: { "": "x" } }]],
    ["a reserved name", [{ attributes: { "googclient-x": "x" } }]],
    ["a value of 1025 bytes", [{ attributes: { a: `a${"é".repeat(512)}` } }]],
    ["a key of 1025 bytes", [{ ...good, orderingKey: `a${"é".repeat(512)}` }]],
    ["more than 10 MB", [{ data: Buffer.alloc(10_000_001).toString("base64") }]],
  ])("may not have %s", async (_, messages) => {
    const [status, body] = await publish(...messages);
    expect([status, body]).toMatchObject([400, { error: { status: "INVALID_ARGUMENT" } }]);
  });

  it("may not mix ordering keys", async () => {
    expect(await publish(good, { ...good, orderingKey: "other" })).toMatchObject([
      400,
      {
        error: {
          status: "FAILED_PRECONDITION",
          message: expect.stringContaining("[code=539b]"),
        },
      },
    ]);
    expect(await publish(good, { data: "aGk=" })).toMatchObject([400, {}]);
  });

  it("must be JSON, not too large, and for a topic that exists", async () => {
    expect(await post(`${TOPIC}:publish`, '{"messages":')).toMatchObject([400, {}]);
    expect(await post(`${TOPIC}:publish`, "x".repeat(20_000_001))).toMatchObject([413, {}]);
    expect(await post("projects/demo/topics/other:publish", { messages: [good] })).toMatchObject([
      404,
      {
        error: { code: 404, message: "Resource not found (resource=other).", status: "NOT_FOUND" },
      },
    ]);
    expect(await post("projects/demo/nothing", {})).toMatchObject([404, {}]);
  });
});

describe("An ordered subscription of the fake", () => {
  const pull = () => post("projects/demo/subscriptions/signal-sub:pull", PULL);
  const PULL = { maxMessages: 2, returnImmediately: true };

  it("holds back a key while a message of it is not acknowledged, and no other key", async () => {
    await publish(good, good, good);
    await publish({ ...good, orderingKey: "other" });
    const [, first] = await pull();
    expect(idsIn(first)).toEqual(["1", "2"]);
    expect(idsIn((await pull())[1])).toEqual(["4"]);
    expect(await pull()).toEqual([200, {}]);
    const ackIds = ackIdsIn(first);
    await post("projects/demo/subscriptions/signal-sub:acknowledge", { ackIds });
    expect(idsIn((await pull())[1])).toEqual(["3"]);
  });
});

/** REST instead of gRPC, and no credentials. */
function options() {
  const port = Number(new URL(fake.endpoint).port);
  return {
    projectId: "demo",
    apiEndpoint: `127.0.0.1:${port}`,
    port,
    protocol: "http",
    fallback: true,
    authClient: new PassThroughClient(),
  };
}

function attributes(count: number): Record<string, string> {
  return Object.fromEntries(Array.from({ length: count }, (_, at) => [`a${at}`, "x"]));
}

interface Pulled {
  readonly receivedMessages?: readonly { ackId: string; message: { messageId: string } }[];
}

function idsIn(body: unknown): string[] {
  return ((body as Pulled).receivedMessages ?? []).map(({ message }) => message.messageId);
}

function ackIdsIn(body: unknown): string[] {
  return ((body as Pulled).receivedMessages ?? []).map(({ ackId }) => ackId);
}
