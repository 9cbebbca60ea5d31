/** Signals between `send` and their outcome. */
import { describe, expect, it } from "vitest";
import { Outbox, type Outgoing } from "../../src/client/outbox.ts";

function signal(id: string, { resend = false } = {}): Outgoing {
  return { id, target: "bob", frame: Uint8Array.of(id.charCodeAt(0)), resend };
}

function taken(outbox: Outbox): string {
  return outbox
    .take()
    .map(([byte = 0]) => String.fromCharCode(byte))
    .join("");
}

/** An open one that has written a, b and c; c may be sent again. */
function written(): Outbox {
  const outbox = new Outbox(2);
  outbox.open();
  for (const id of ["a", "b"]) outbox.add(signal(id));
  outbox.add(signal("c", { resend: true }));
  outbox.take();
  return outbox;
}

const REPORT = { code: 404, text: "not there", target: "bob", retryAfterMs: null };

describe("an outbox", () => {
  it("keeps what waits for a connection, in order, up to its limit", () => {
    const outbox = new Outbox(2);
    expect(outbox.add(signal("a"))).toEqual([]);
    expect(outbox.add(signal("b"))).toEqual([]);
    expect(outbox.add(signal("c"))).toMatchObject([
      {
        id: "c",
        error: { code: "queue-full", target: "bob", retryable: true, outcome: "not-delivered" },
      },
    ]);
    expect(taken(outbox)).toBe("");
    outbox.open();
    expect(taken(outbox)).toBe("ab");
    expect(taken(outbox)).toBe("");
  });

  it("has no limit while there is a connection", () => {
    const outbox = new Outbox(0);
    expect(outbox.add(signal("a"))).toHaveLength(1);
    outbox.open();
    expect(outbox.add(signal("b"))).toEqual([]);
    expect(taken(outbox)).toBe("b");
  });

  it("settles a signal at its answer, once", () => {
    const outbox = written();
    expect(outbox.answer("a", null)).toEqual([{ id: "a", error: null }]);
    expect(outbox.answer("a", null)).toBeNull();
    expect(outbox.answer("b", { ...REPORT, code: 429, retryAfterMs: 50 })).toMatchObject([
      {
        id: "b",
        error: { code: "rate-limited", errorCode: 429, retryAfterMs: 50, outcome: "not-delivered" },
      },
    ]);
    expect(outbox.giveUp("b", "timed-out")).toEqual([]);
  });

  it("knows no answer to what it has not written", () => {
    const outbox = new Outbox(2);
    outbox.add(signal("a"));
    expect(outbox.answer("a", null)).toBeNull();
    expect(outbox.answer("x", REPORT)).toBeNull();
  });

  it("gives up what was not written as not delivered, and never writes it", () => {
    const outbox = new Outbox(2);
    outbox.add(signal("a"));
    expect(outbox.giveUp("a", "aborted", "reason")).toMatchObject([
      { id: "a", error: { code: "aborted", cause: "reason", outcome: "not-delivered" } },
    ]);
    outbox.open();
    expect(taken(outbox)).toBe("");
  });

  it("gives up what was written with an unknown outcome, and knows its late answer", () => {
    const outbox = written();
    expect(outbox.giveUp("a", "timed-out")).toMatchObject([
      { id: "a", error: { code: "timed-out", outcome: "unknown" } },
    ]);
    expect(outbox.answer("a", null)).toEqual([]);
    expect(outbox.answer("a", null)).toBeNull();
  });

  it("forgets the oldest late answer where there are too many", () => {
    const outbox = new Outbox(0);
    outbox.open();
    const ids = Array.from({ length: 1_025 }, (_, at) => `id${at}`);
    for (const id of ids) outbox.add(signal(id));
    outbox.take();
    for (const id of ids) outbox.giveUp(id, "timed-out");
    expect(outbox.answer("id0", null)).toBeNull();
    expect(outbox.answer("id1", null)).toEqual([]);
  });

  it("rejects what was written when the connection is lost, and takes again what may be", () => {
    const outbox = written();
    expect(outbox.lost()).toMatchObject([
      { id: "a", error: { code: "outcome-unknown", outcome: "unknown", retryable: true } },
      { id: "b", error: { code: "outcome-unknown" } },
    ]);
    outbox.add(signal("d"));
    outbox.open();
    expect(taken(outbox)).toBe("cd");
  });

  it("knows nothing certain of what was written twice", () => {
    const refused = written();
    refused.lost();
    refused.open();
    refused.take();
    expect(refused.answer("c", REPORT)).toMatchObject([
      { id: "c", error: { code: "target-absent", outcome: "unknown" } },
    ]);
    const waiting = written();
    waiting.lost();
    expect(waiting.giveUp("c", "timed-out")).toMatchObject([{ error: { outcome: "unknown" } }]);
  });

  it("ends with everything closed", () => {
    const outbox = written();
    outbox.add(signal("d"));
    expect(outbox.end()).toMatchObject([
      { id: "a", error: { code: "closed", outcome: "unknown" } },
      { id: "b", error: { code: "closed", outcome: "unknown" } },
      { id: "c", error: { code: "closed", outcome: "unknown" } },
      { id: "d", error: { code: "closed", outcome: "not-delivered" } },
    ]);
    expect(outbox.end()).toEqual([]);
  });
});
