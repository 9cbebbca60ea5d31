/**
 * The publish requests that production refuses, most of which Google's emulator accepts. Sources: pubsub.proto,
 * cloud.google.com/pubsub/quotas, docs/ordering, and the documentation of Google's clients.
 */
import { isObject } from "../../../src/protocol/json.ts";
import { invalid, googleError, type GoogleError } from "./google-error.ts";

export interface FakeMessage {
  /** Base64, or empty. */
  readonly data: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly orderingKey: string;
}

export const MAX_MESSAGES = 1000;
/** The size of a whole request, decoded. */
export const MAX_REQUEST_BYTES = 10_000_000;
export const MAX_ATTRIBUTES = 100;
export const MAX_ATTRIBUTE_NAME_BYTES = 256;
export const MAX_ATTRIBUTE_VALUE_BYTES = 1024;
export const MAX_ORDERING_KEY_BYTES = 1024;

const MIXED_KEYS =
  "In a single publish request, all messages must have no ordering key or they must all have the same ordering key. [code=539b]";

type Checked = { readonly messages: readonly FakeMessage[] } | { readonly error: GoogleError };

/** `body`: the request's JSON, parsed. */
export function checkPublish(body: unknown): Checked {
  const list = isObject(body) ? body["messages"] : undefined;
  if (!isObject(body) || unknownName(body, ["messages"]) !== null) {
    return { error: invalid("Invalid JSON payload received.") };
  }
  if (!Array.isArray(list) || list.length === 0)
    return { error: invalid("No messages to publish") };
  if (list.length > MAX_MESSAGES) return { error: invalid("Too many messages to publish") };
  const messages: FakeMessage[] = [];
  for (const [at, item] of list.entries()) {
    const fault = findFault(item);
    if (fault !== null) return { error: invalid(`messages[${at}]: ${fault}`) };
    // findFault has checked every member.
    messages.push({ data: "", attributes: {}, orderingKey: "", ...(item as Partial<FakeMessage>) });
  }
  if (new Set(messages.map(({ orderingKey }) => orderingKey)).size > 1) {
    return { error: googleError(400, "FAILED_PRECONDITION", MIXED_KEYS) };
  }
  const bytes = messages.reduce((sum, message) => sum + decodedBytes(message), 0);
  if (bytes > MAX_REQUEST_BYTES)
    return { error: invalid("Request payload size exceeds the limit") };
  return { messages };
}

/** Returns a sentence; null: the message is good. */
function findFault(message: unknown): string | null {
  if (!isObject(message)) return "a message must be an object";
  const { data = "", attributes = {}, orderingKey = "" } = message;
  const unknown = unknownName(message, ["data", "attributes", "orderingKey"]);
  // Also messageId and publishTime: by pubsub.proto a publisher must not set them.
  if (unknown !== null) return `Unknown name "${unknown}"`;
  if (typeof data !== "string" || !isBase64(data)) return "data must be base64";
  if (typeof orderingKey !== "string") return "orderingKey must be a string";
  if (bytesOf(orderingKey) > MAX_ORDERING_KEY_BYTES) return "The ordering key is too long";
  if (!isObject(attributes)) return "attributes must be an object";
  if (data === "" && Object.keys(attributes).length === 0) return "Some messages are empty";
  if (Object.keys(attributes).length > MAX_ATTRIBUTES) return "Too many attributes";
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value !== "string") return "An attribute value must be a string";
    if (name === "" || bytesOf(name) > MAX_ATTRIBUTE_NAME_BYTES)
      return "An attribute key is too long";
    if (name.startsWith("goog")) return 'An attribute key must not begin with "goog"';
    if (bytesOf(value) > MAX_ATTRIBUTE_VALUE_BYTES) return "An attribute value is too long";
  }
  return null;
}

function decodedBytes({ data, attributes, orderingKey }: FakeMessage): number {
  const context = Object.entries(attributes).flat().concat(orderingKey);
  return Buffer.from(data, "base64").length + context.reduce((sum, text) => sum + bytesOf(text), 0);
}

/** Whether protobuf's JSON reads it as bytes: either alphabet, with or without padding. */
function isBase64(text: string): boolean {
  return /^[A-Za-z0-9+/_-]*={0,2}$/.test(text) && text.replaceAll("=", "").length % 4 !== 1;
}

function unknownName(object: object, known: readonly string[]): string | null {
  return Object.keys(object).find((name) => !known.includes(name)) ?? null;
}

function bytesOf(text: string): number {
  return Buffer.byteLength(text, "utf8");
}
