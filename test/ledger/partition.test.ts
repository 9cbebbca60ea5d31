/** The partition of each hub, within which its events are published in order. */
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { hubNameOf } from "../../src/hub/placement.ts";
import { CLIENT_PARTITIONS, partitionOf } from "../../src/ledger/partition.ts";
import { fnv1a } from "../../src/protocol/fnv1a.ts";
import { clientId } from "../support/client-ids.ts";

/** Client ids of the kinds that people make. */
const KINDS: Readonly<Record<string, (n: number) => string>> = {
  "numbered ids": (n) => `device-${n}`,
  "bare numbers": (n) => String(n),
  "hexadecimal ids": (n) => fnv1a(`id ${n}`).toString(16) + fnv1a(`${n} id`).toString(16),
  "mail addresses": (n) => `${(n * 7919).toString(36)}@example.com`,
};

const HUBS_PER_PARTITION = 250;

function hubsOf(make: (n: number) => string): string[] {
  return Array.from({ length: HUBS_PER_PARTITION * CLIENT_PARTITIONS }, (_, n) =>
    hubNameOf(clientId(make(n)), "per-client"),
  );
}

const ALL_PARTITIONS = Array.from({ length: CLIENT_PARTITIONS }, (_, n) => `clients-${n}`);

describe("partitionOf", () => {
  it.each(["main", "worker", "h0of7", "h6of7", "h11of1024", "", "clients-1", "Client:a"])(
    "returns the hub's own name for a hub that clients share: %j",
    (hub) => expect(partitionOf(hub)).toBe(hub),
  );

  it("never changes: with a release, waiting events must not move to another partition", () => {
    const partitions = ["alice", "bob", "carol", "é", "device-0001", "🦊"].map((id) =>
      partitionOf(`client:${id}`),
    );
    expect(partitions).toEqual([
      "clients-43",
      "clients-44",
      "clients-61",
      "clients-40",
      "clients-62",
      "clients-28",
    ]);
  });

  it("returns one of 64 partitions for the hub of a single client, always the same", () => {
    expect(CLIENT_PARTITIONS).toBe(64);
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 128 }), (id) => {
        expect(ALL_PARTITIONS).toContain(partitionOf(`client:${id}`));
        expect(partitionOf(`client:${id}`)).toBe(partitionOf(`client:${id}`));
      }),
    );
  });

  it.each(Object.entries(KINDS))(
    "spreads %s over all 64 partitions, and none gets twice its share",
    (_, make) => {
      const shares = Map.groupBy(hubsOf(make), partitionOf);
      expect([...shares.keys()].toSorted()).toEqual(ALL_PARTITIONS.toSorted());
      for (const { length } of shares.values()) {
        expect(length).toBeGreaterThan(HUBS_PER_PARTITION / 2);
        expect(length).toBeLessThan(HUBS_PER_PARTITION * 2);
      }
    },
  );

  // `ledgerOf` chooses by remainder. Two remainders, salted or not, would leave each of two Ledgers with 32 partitions.
  it.each(
    Object.entries(KINDS).flatMap(([kind, make]) => [2, 4].map((m) => [kind, m, make] as const)),
  )("does not depend on the hub's Ledger: %s, %d Ledgers", (_, ledgers, make) => {
    const places = Map.groupBy(
      hubsOf(make),
      (hub) => `${fnv1a(hub) % ledgers} ${partitionOf(hub)}`,
    );
    const share = HUBS_PER_PARTITION / ledgers;
    expect(places.size).toBe(CLIENT_PARTITIONS * ledgers);
    for (const { length } of places.values()) {
      expect(length).toBeGreaterThan(share / 3);
      expect(length).toBeLessThan(share * 2);
    }
  });
});
