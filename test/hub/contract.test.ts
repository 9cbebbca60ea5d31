/** Calls between hubs while two versions of the code run. */
import { describe, expect, it } from "vitest";
import {
  canServe,
  decodeOutcomes,
  encodeOutcomes,
  HUB_CONTRACT_VERSION,
  type DeliveryOutcome,
  type WireOutcome,
} from "../../src/hub/contract.ts";

const OUTCOMES: DeliveryOutcome[] = ["delivered", "signal.absent", "signal.backlog"];

describe("the contract between hubs", () => {
  it("answers a caller of version 1 with null where a signal was delivered", () => {
    expect(encodeOutcomes(OUTCOMES, 1)).toEqual([null, "signal.absent", "signal.backlog"]);
  });

  it("answers a caller of its own version in the current format", () => {
    expect(encodeOutcomes(OUTCOMES, HUB_CONTRACT_VERSION)).toEqual(OUTCOMES);
  });

  it.each([1, HUB_CONTRACT_VERSION])("reads the answer of a hub of version %i", (version) => {
    expect(decodeOutcomes(encodeOutcomes(OUTCOMES, version), 3)).toEqual(OUTCOMES);
  });

  it("[SI11] treats outcomes that a short answer leaves out as unknown", () => {
    expect(decodeOutcomes([null], 2)).toEqual(["delivered", "signal.unreachable"]);
  });

  it("[SI11] takes an outcome of a later version for not known", () => {
    const later = ["postponed"] as unknown as WireOutcome[];
    expect(decodeOutcomes(later, 1)).toEqual(["signal.unreachable"]);
  });

  it("serves callers of every version up to its own, and none of a later one", () => {
    expect([1, HUB_CONTRACT_VERSION, HUB_CONTRACT_VERSION + 1].map(canServe)).toEqual([
      true,
      true,
      false,
    ]);
  });
});
