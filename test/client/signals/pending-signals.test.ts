/** Signals between `send` and their outcome. */
import { describe, expect, it } from "vitest";
import {
  PendingSignals,
  type OutgoingSignal,
} from "../../../src/client/signals/pending-signals.ts";

function signal(id: string, { resend = false } = {}): OutgoingSignal {
  return { id, target: "bob", frame: Uint8Array.of(id.charCodeAt(0)), resend };
}

/** The frames to write now: one letter per signal. */
function taken(pending: PendingSignals): string {
  return pending
    .take()
    .map(([byte = 0]) => String.fromCharCode(byte))
    .join("");
}

/** With a session, in which a, b and c were written. Only c may be sent again. */
function written(): PendingSignals {
  const pending = new PendingSignals(2);
  pending.connected();
  for (const id of ["a", "b"]) pending.add(signal(id));
  pending.add(signal("c", { resend: true }));
  pending.take();
  return pending;
}

const REPORT = { code: 404, text: "not there", target: "bob", retryAfterMs: null };

describe("PendingSignals", () => {
  it("queues signals in order until there is a session, up to maxQueued", () => {
    const pending = new PendingSignals(2);
    expect(pending.add(signal("a"))).toEqual([]);
    expect(pending.add(signal("b"))).toEqual([]);
    expect(pending.add(signal("c"))).toMatchObject([
      {
        id: "c",
        error: { code: "queue-full", target: "bob", retryable: true, outcome: "not-delivered" },
      },
    ]);
    expect(taken(pending)).toBe("");
    pending.connected();
    expect(taken(pending)).toBe("ab");
    expect(taken(pending)).toBe("");
  });

  it("has no limit while there is a session", () => {
    const pending = new PendingSignals(0);
    expect(pending.add(signal("a"))).toHaveLength(1);
    pending.connected();
    expect(pending.add(signal("b"))).toEqual([]);
    expect(taken(pending)).toBe("b");
  });

  it("settles a signal once, when its answer arrives", () => {
    const pending = written();
    expect(pending.answer("a", null)).toEqual([{ id: "a", error: null }]);
    expect(pending.answer("a", null)).toBeNull();
    expect(pending.answer("b", { ...REPORT, code: 429, retryAfterMs: 50 })).toMatchObject([
      {
        id: "b",
        error: { code: "rate-limited", errorCode: 429, retryAfterMs: 50, outcome: "not-delivered" },
      },
    ]);
    expect(pending.giveUp("b", "timed-out")).toEqual([]);
  });

  it("returns null for an answer to a signal that was not written", () => {
    const pending = new PendingSignals(2);
    pending.add(signal("a"));
    expect(pending.answer("a", null)).toBeNull();
    expect(pending.answer("x", REPORT)).toBeNull();
  });

  it("settles a given-up signal as not delivered if it was not written, and never writes it", () => {
    const pending = new PendingSignals(2);
    pending.add(signal("a"));
    expect(pending.giveUp("a", "aborted", "reason")).toMatchObject([
      { id: "a", error: { code: "aborted", cause: "reason", outcome: "not-delivered" } },
    ]);
    pending.connected();
    expect(taken(pending)).toBe("");
  });

  it("settles a given-up signal with an unknown outcome if it was written, and accepts one late answer", () => {
    const pending = written();
    expect(pending.giveUp("a", "timed-out")).toMatchObject([
      { id: "a", error: { code: "timed-out", outcome: "unknown" } },
    ]);
    expect(pending.answer("a", null)).toEqual([]);
    expect(pending.answer("a", null)).toBeNull();
  });

  it("forgets the oldest given-up signal beyond 1,024", () => {
    const pending = new PendingSignals(0);
    pending.connected();
    const ids = Array.from({ length: 1_025 }, (_, at) => `id${at}`);
    for (const id of ids) pending.add(signal(id));
    pending.take();
    for (const id of ids) pending.giveUp(id, "timed-out");
    expect(pending.answer("id0", null)).toBeNull();
    expect(pending.answer("id1", null)).toEqual([]);
  });

  it("settles written signals when the session is lost, except those that may be sent again", () => {
    const pending = written();
    expect(pending.disconnected()).toMatchObject([
      { id: "a", error: { code: "outcome-unknown", outcome: "unknown", retryable: true } },
      { id: "b", error: { code: "outcome-unknown" } },
    ]);
    pending.add(signal("d"));
    pending.connected();
    expect(taken(pending)).toBe("cd");
  });

  it("settles a signal that was written twice with an unknown outcome", () => {
    const refused = written();
    refused.disconnected();
    refused.connected();
    refused.take();
    expect(refused.answer("c", REPORT)).toMatchObject([
      { id: "c", error: { code: "target-absent", outcome: "unknown" } },
    ]);
    const waiting = written();
    waiting.disconnected();
    expect(waiting.giveUp("c", "timed-out")).toMatchObject([{ error: { outcome: "unknown" } }]);
  });

  it("settles every signal when the client is closed", () => {
    const pending = written();
    pending.add(signal("d"));
    expect(pending.closed()).toMatchObject([
      { id: "a", error: { code: "closed", outcome: "unknown" } },
      { id: "b", error: { code: "closed", outcome: "unknown" } },
      { id: "c", error: { code: "closed", outcome: "unknown" } },
      { id: "d", error: { code: "closed", outcome: "not-delivered" } },
    ]);
    expect(pending.closed()).toEqual([]);
  });
});
