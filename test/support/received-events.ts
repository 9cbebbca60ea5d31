/** Events as a subscription received them: how a subscriber reads them, and what must hold for them. */
import { expect } from "vitest";
import type { ReceivedMessage } from "../../scripts/local/pubsub-rest.ts";
import { partitionOf } from "../../src/ledger/partition.ts";

const SOURCE = "/signal-manager/hubs/";

const DATA = new WeakMap<ReceivedMessage, Readonly<Record<string, unknown>>>();

export function dataOf(message: ReceivedMessage): Readonly<Record<string, unknown>> {
  const known = DATA.get(message) ?? JSON.parse(message.text);
  DATA.set(message, known);
  return known;
}

export function ofType(messages: readonly ReceivedMessage[], type: string): ReceivedMessage[] {
  return messages.filter(({ attributes }) => attributes["event_type"] === type);
}

/** Each event once, where it came first: what remains for a subscriber that deduplicates by ce-id. */
export function distinct(messages: readonly ReceivedMessage[]): ReceivedMessage[] {
  return [
    ...new Map(messages.toReversed().map((m) => [m.attributes["ce-id"], m])).values(),
  ].toReversed();
}

/** The name of the hub where it happened. */
export function hubOf({ attributes }: ReceivedMessage): string {
  return decodeURIComponent(attributes["ce-source"]?.slice(SOURCE.length) ?? "");
}

/** Expects that in each hub `ce-sequence` rises and every event is in the hub's partition. Returns the hubs. */
export function expectOrder(messages: readonly ReceivedMessage[]): string[] {
  const hubs = Map.groupBy(messages, hubOf);
  for (const [hub, own] of hubs) {
    const sequences = own.map(({ attributes }) => attributes["ce-sequence"] ?? "");
    expect(sequences).toEqual([...new Set(sequences)].toSorted());
    expect(new Set(own.map(({ orderingKey }) => orderingKey))).toEqual(new Set([partitionOf(hub)]));
  }
  return [...hubs.keys()];
}

/** Expects exactly one beginning and one end for each of `sessions` sessions, and no other event of this kind. */
export function expectPairs(messages: readonly ReceivedMessage[], sessions: number): void {
  const begun = ofType(messages, "client.connected").map((m) => dataOf(m)["session_id"]);
  const ended = ofType(messages, "client.disconnected").map((m) => dataOf(m)["session_id"]);
  expect(begun).toHaveLength(sessions);
  expect(new Set(begun).size).toBe(sessions);
  expect(ended.toSorted()).toEqual(begun.toSorted());
}
