import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  clientOfHub,
  hubNameForUpgrade,
  hubNameOf,
  isCurrentHub,
  isPerClientHub,
  type Hubs,
} from "../../src/hub/placement.ts";
import { parseClientId } from "../../src/protocol/client-id.ts";
import { clientId } from "../support/client-ids.ts";

const hubs = fc.oneof(fc.integer({ min: 1, max: 1024 }), fc.constant<Hubs>("per-client"));
const clientIds = fc
  .string({ unit: "grapheme" })
  .map(parseClientId)
  .filter((id) => id !== null);

describe("the hub of a client id", () => {
  it("is main where there is one hub, and the client's own where there is one per client", () => {
    expect(hubNameOf(clientId("alice"), 1)).toBe("main");
    expect(hubNameOf(clientId("alice/é"), "per-client")).toBe("client:alice/é");
  });

  it("never changes with a release", () => {
    const names = ["alice", "bob", "carol", "dave", "é", "device-0001"].map((id) =>
      hubNameOf(clientId(id), 7),
    );
    expect(names).toEqual(["h6of7", "h3of7", "h2of7", "h0of7", "h2of7", "h5of7"]);
  });

  it("belongs to the configured number of hubs, and to no other number", () => {
    fc.assert(
      fc.property(clientIds, hubs, hubs, (id, now, other) => {
        const name = hubNameOf(id, now);
        expect(isCurrentHub(name, now)).toBe(true);
        expect(isCurrentHub(name, other)).toBe(now === other);
      }),
    );
  });

  it("names its client if it serves a single one, and no client if it serves many", () => {
    fc.assert(
      fc.property(clientIds, hubs, (id, now) => {
        const name = hubNameOf(id, now);
        expect(isPerClientHub(name)).toBe(now === "per-client");
        expect(clientOfHub(name)).toBe(now === "per-client" ? id : null);
      }),
    );
  });

  it("is spread evenly for ids that are alike: no hub of seven has twice its share", () => {
    const shares = Map.groupBy(
      Array.from({ length: 7000 }, (_, n) => clientId(`device-${n}`)),
      (id) => hubNameOf(id, 7),
    );
    expect(shares.size).toBe(7);
    for (const share of shares.values()) expect(share.length).toBeLessThan(2000);
  });
});

describe("the hub of an upgrade", () => {
  it("[UP8] is the client's where the upgrade names one, and the only one where there is one", () => {
    expect(hubNameForUpgrade(clientId("alice"), 7)).toBe("h6of7");
    expect(hubNameForUpgrade(clientId("alice"), "per-client")).toBe("client:alice");
    expect(hubNameForUpgrade(null, 1)).toBe("main");
  });

  it.each([2, 7, "per-client"] as const)(
    "[UP8] is unknown with %s hubs if the upgrade names no client",
    (count) => {
      expect(hubNameForUpgrade(null, count)).toBeNull();
    },
  );
});
