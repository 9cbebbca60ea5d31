/** The judge of the flap runs finds each thing that can be wrong with a call: no browser takes part. */
import { describe, expect, it } from "vitest";
import { faultsOf, negotiated } from "./judge.ts";
import type { SideStatus, TransceiverStatus } from "./page-api.ts";

const SOUND: TransceiverStatus = {
  mid: "0",
  media: "audio",
  direction: "sendrecv",
  current: "sendonly",
};

const WHOLE: SideStatus = {
  client: "connected",
  signaling: "stable",
  connection: "connected",
  channel: "open",
  heard: "round 1",
  transceivers: [SOUND],
  lost: 0,
  awaitsRestart: false,
  replacements: 0,
  closedBy: null,
  errors: [],
  uncaught: [],
  history: [],
};

const OTHER: SideStatus = {
  ...WHOLE,
  transceivers: [{ ...SOUND, direction: "recvonly", current: "recvonly" }],
};

describe("the judge of a call", () => {
  it("finds nothing wrong with a whole one", () => {
    expect(faultsOf(WHOLE, OTHER)).toEqual([]);
  });

  it.each<[string, Partial<SideStatus>]>([
    ["a client without a session", { client: "waiting" }],
    ["an offer without an answer", { signaling: "have-local-offer" }],
    ["a connection that failed", { connection: "failed" }],
    ["a closed data channel", { channel: "closed" }],
    ["a call that was hung up", { closedBy: "remote" }],
    ["a transceiver that is gone", { lost: 1 }],
    ["an ICE restart that did not come", { awaitsRestart: true }],
    ["an error that nobody caught", { uncaught: ["TypeError"] }],
    ["a transceiver that was never negotiated", { transceivers: [SOUND, { ...SOUND, mid: null }] }],
    ["a transceiver that the other side lacks", { transceivers: [SOUND, { ...SOUND, mid: "1" }] }],
    ["other media", { transceivers: [{ ...SOUND, media: "video" }] }],
    [
      "a direction that was not negotiated",
      { transceivers: [{ ...SOUND, direction: "inactive" }] },
    ],
  ])("finds %s, at either side", (_, change) => {
    expect(faultsOf({ ...WHOLE, ...change }, OTHER)).not.toEqual([]);
    expect(faultsOf(OTHER, { ...WHOLE, ...change })).not.toEqual([]);
  });

  it.each([
    ["sendrecv", "sendrecv", "sendrecv"],
    ["sendrecv", "recvonly", "sendonly"],
    ["recvonly", "sendrecv", "recvonly"],
    ["sendonly", "sendonly", "inactive"],
    ["sendonly", "recvonly", "sendonly"],
    ["inactive", "sendrecv", "inactive"],
  ])("knows that %s, where the other side wishes %s, comes to %s", (mine, theirs, expected) => {
    expect(negotiated(mine, theirs)).toBe(expected);
  });
});
