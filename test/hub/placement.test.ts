import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  clientOfHub,
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
  it("is main where there is one, and one of its own where each client has one", () => {
    expect(hubNameOf(clientId("alice"), 1)).toBe("main");
    expect(hubNameOf(clientId("alice/é"), "per-client")).toBe("client:alice/é");
  });

  it("is the same for ever: a client's home must not move with a release", () => {
    const names = ["alice", "bob", "carol", "dave", "é", "device-0001"].map((id) =>
      hubNameOf(clientId(id), 7),
    );
    expect(names).toEqual(["h6of7", "h3of7", "h2of7", "h0of7", "h2of7", "h5of7"]);
  });

  it("is a hub of the number that is configured, and of no other", () => {
    fc.assert(
      fc.property(clientIds, hubs, hubs, (id, now, other) => {
        const name = hubNameOf(id, now);
        expect(isCurrentHub(name, now)).toBe(true);
        expect(isCurrentHub(name, other)).toBe(now === other);
      }),
    );
  });

  it("says whose it is alone, and of a hub of many nothing", () => {
    fc.assert(
      fc.property(clientIds, hubs, (id, now) => {
        const name = hubNameOf(id, now);
        expect(isPerClientHub(name)).toBe(now === "per-client");
        expect(clientOfHub(name)).toBe(now === "per-client" ? id : null);
      }),
    );
  });

  it("spreads ids that are alike: no hub of seven has twice its share", () => {
    const shares = Map.groupBy(
      Array.from({ length: 7000 }, (_, n) => clientId(`device-${n}`)),
      (id) => hubNameOf(id, 7),
    );
    expect(shares.size).toBe(7);
    for (const share of shares.values()) expect(share.length).toBeLessThan(2000);
  });
});
