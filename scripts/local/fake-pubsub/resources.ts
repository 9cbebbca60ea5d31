/** The topics and subscriptions of the fake, and the requests that they answer. */
import { setTimeout as pause } from "node:timers/promises";
import { isObject, parseJson } from "../../../src/protocol/json.ts";
import {
  done,
  googleError,
  invalid,
  notFound,
  refused,
  type Answer,
  type GoogleError,
} from "./google-error.ts";
import { checkPublish, type FakeMessage } from "./publish-rules.ts";
import { FakeSubscription } from "./subscription.ts";

export interface Asked {
  readonly method: "PUT" | "publish" | "pull" | "acknowledge";
  /** `projects/p/topics/t` */
  readonly name: string;
  /** undefined: the body is not JSON. */
  readonly body: unknown;
}

/** Messages that a test makes Pub/Sub refuse. */
export interface Refusal {
  readonly isOf: (message: FakeMessage) => boolean;
  readonly error: GoogleError;
}

/** How long a pull waits for a message. In production it is about 90 s; a client pulls again. */
const PULL_WAIT_MS = 1000;

export class FakeResources {
  readonly #topics = new Map<string, Set<FakeSubscription>>();
  readonly #subscriptions = new Map<string, FakeSubscription>();
  refusal: Refusal | null = null;
  #messages = 0;
  #published = Promise.withResolvers<void>();

  async do({ method, name, body }: Asked): Promise<Answer> {
    if (body === undefined) return refused(invalid("Payload isn't valid for request."));
    switch (method) {
      case "PUT":
        return name.includes("/topics/") ? this.#createTopic(name) : this.#subscribe(name, body);
      case "publish":
        return this.#publish(name, body);
      case "pull":
        return this.#pull(name, body);
      case "acknowledge": {
        const ackIds = isObject(body) && Array.isArray(body["ackIds"]) ? body["ackIds"] : [];
        this.#subscriptions.get(name)?.acknowledge(ackIds.map(String));
        return this.#subscriptions.has(name) ? done({}) : refused(notFound(lastOf(name)));
      }
    }
  }

  #createTopic(name: string): Answer {
    if (this.#topics.has(name)) return refused(exists("Topic"));
    if (!isGoodId(lastOf(name))) return refused(invalid(`Invalid [topics] name: (name=${name})`));
    this.#topics.set(name, new Set());
    return done({ name });
  }

  #subscribe(name: string, body: unknown): Answer {
    if (this.#subscriptions.has(name)) return refused(exists("Subscription"));
    const topic = isObject(body) ? String(body["topic"]) : "";
    const subscribers = this.#topics.get(topic);
    if (subscribers === undefined) return refused(notFound(lastOf(topic)));
    const { enableMessageOrdering, ackDeadlineSeconds } = isObject(body) ? body : {};
    const seconds = typeof ackDeadlineSeconds === "number" ? ackDeadlineSeconds : 10;
    const subscription = new FakeSubscription(name, enableMessageOrdering === true, seconds);
    this.#subscriptions.set(name, subscription);
    subscribers.add(subscription);
    return done({ name, topic });
  }

  #publish(name: string, body: unknown): Answer {
    const subscribers = this.#topics.get(name);
    if (subscribers === undefined) return refused(notFound(lastOf(name)));
    const checked = checkPublish(body);
    if ("error" in checked) return refused(checked.error);
    const { refusal } = this;
    if (refusal !== null && checked.messages.some(refusal.isOf)) return refused(refusal.error);
    const publishTime = new Date().toISOString();
    const messageIds = checked.messages.map((message) => {
      this.#messages += 1;
      const messageId = String(this.#messages);
      for (const subscriber of subscribers) subscriber.put({ ...message, messageId, publishTime });
      return messageId;
    });
    this.#published.resolve();
    this.#published = Promise.withResolvers();
    return done({ messageIds });
  }

  async #pull(name: string, body: unknown): Promise<Answer> {
    const subscription = this.#subscriptions.get(name);
    if (subscription === undefined) return refused(notFound(lastOf(name)));
    const limit = isObject(body) ? Number(body["maxMessages"]) : 0;
    if (!(limit > 0)) return refused(invalid("maxMessages must be positive"));
    let receivedMessages = subscription.pull(limit, Date.now());
    if (receivedMessages.length === 0 && isObject(body) && body["returnImmediately"] !== true) {
      await Promise.race([this.#published.promise, pause(PULL_WAIT_MS)]);
      receivedMessages = subscription.pull(limit, Date.now());
    }
    return done(receivedMessages.length === 0 ? {} : { receivedMessages });
  }
}

/** null: the fake does not have this method of the API. */
export function readAsked(verb: string | undefined, path: string, text: string): Asked | null {
  const [, rawName = "", method = ""] =
    /^\/v1\/(projects\/[^/]+\/(?:topics|subscriptions)\/[^/:]+)(?::(\w+))?$/.exec(path) ?? [];
  const name = rawName.split("/").map(decodeURIComponent).join("/");
  const isTopic = name.includes("/topics/");
  const isKnown =
    (verb === "PUT" && method === "") ||
    (verb === "POST" && isTopic && method === "publish") ||
    (verb === "POST" && !isTopic && (method === "pull" || method === "acknowledge"));
  if (name === "" || !isKnown) return null;
  // It is one of the four by the condition above.
  return {
    method: (method === "" ? "PUT" : method) as Asked["method"],
    name,
    body: parseJson(text),
  };
}

/** cloud.google.com/pubsub/docs/pubsub-basics#resource_names */
function isGoodId(id: string): boolean {
  return /^[A-Za-z][\w.~+%-]{2,254}$/.test(id) && !id.startsWith("goog");
}

function lastOf(name: string): string {
  return name.slice(name.lastIndexOf("/") + 1);
}

function exists(what: string): GoogleError {
  return googleError(409, "ALREADY_EXISTS", `${what} already exists`);
}
