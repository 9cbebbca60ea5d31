/** What is published in order: the line of each hub. */
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { hubNameOf } from "../../src/hub/placement.ts";
import { CLIENT_PARTITIONS, partitionOf } from "../../src/ledger/partition.ts";
import { fnv1a } from "../../src/protocol/fnv1a.ts";
import { clientId } from "../support/client-ids.ts";

/** Ids as people make them: alike but for a number, or not at all. */
const KINDS: Readonly<Record<string, (n: number) => string>> = {
  "numbered ids": (n) => `device-${n}`,
  "bare numbers": (n) => String(n),
  "hexadecimal ids": (n) => fnv1a(`id ${n}`).toString(16) + fnv1a(`${n} id`).toString(16),
  "mail addresses": (n) => `${(n * 7919).toString(36)}@example.com`,
};

const HUBS_A_LINE = 250;

function hubsOf(make: (n: number) => string): string[] {
  return Array.from({ length: HUBS_A_LINE * CLIENT_PARTITIONS }, (_, n) =>
    hubNameOf(clientId(make(n)), "per-client"),
  );
}

const ALL_LINES = Array.from({ length: CLIENT_PARTITIONS }, (_, n) => `clients-${n}`);

describe("the line of a hub", () => {
  it.each(["main", "worker", "h0of7", "h6of7", "h11of1024", "", "clients-1", "Client:a"])(
    "is the hub itself where many share the hub: %j",
    (hub) => expect(partitionOf(hub)).toBe(hub),
  );

  it("is the same for ever: events that wait must not move to another with a release", () => {
    const lines = ["alice", "bob", "carol", "é", "device-0001", "🦊"].map((id) =>
      partitionOf(`client:${id}`),
    );
    expect(lines).toEqual([
      "clients-43",
      "clients-44",
      "clients-61",
      "clients-40",
      "clients-62",
      "clients-28",
    ]);
  });

  it("is one of 64 where each client has a hub, and always the same", () => {
    expect(CLIENT_PARTITIONS).toBe(64);
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 128 }), (id) => {
        expect(ALL_LINES).toContain(partitionOf(`client:${id}`));
        expect(partitionOf(`client:${id}`)).toBe(partitionOf(`client:${id}`));
      }),
    );
  });

  it.each(Object.entries(KINDS))(
    "is one of all 64, and none has twice its share: %s",
    (_, make) => {
      const shares = Map.groupBy(hubsOf(make), partitionOf);
      expect([...shares.keys()].toSorted()).toEqual(ALL_LINES.toSorted());
      for (const { length } of shares.values()) {
        expect(length).toBeGreaterThan(HUBS_A_LINE / 2);
        expect(length).toBeLessThan(HUBS_A_LINE * 2);
      }
    },
  );

  // As `ledgerOf` chooses. With a remainder for both, salted or not, each of two Ledgers would have but 32 of the lines.
  it.each(
    Object.entries(KINDS).flatMap(([kind, make]) => [2, 4].map((m) => [kind, m, make] as const)),
  )("says nothing of the hub's Ledger: %s, %d Ledgers", (_, ledgers, make) => {
    const places = Map.groupBy(hubsOf(make), (hub) => `${fnv1a(hub) % ledgers} ${partitionOf(hub)}`);
    const share = HUBS_A_LINE / ledgers;
    expect(places.size).toBe(CLIENT_PARTITIONS * ledgers);
    for (const { length } of places.values()) {
      expect(length).toBeGreaterThan(share / 3);
      expect(length).toBeLessThan(share * 2);
    }
  });
});
