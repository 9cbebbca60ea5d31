/** What each answer of Pub/Sub means. */
import { describe, expect, it } from "vitest";
import {
  classifyAnswer,
  parseRetryAfter,
  PUBSUB_ANSWERS,
  tidy,
  type Meaning,
  type PublishVerdict,
} from "../../../../src/events/sinks/pubsub/publish-outcome.ts";
import { METRICS } from "../../../../src/metrics/table.ts";
import { EVENT_AT_MS } from "../../../support/events.ts";

function classify(status: number, json?: unknown, retryAfter: string | null = null, messages = 2) {
  return classifyAnswer({ status, json, retryAfter }, messages, EVENT_AT_MS);
}

function google(code: number, status: string, message = "Words."): unknown {
  return { error: { code, status, message } };
}

/** The status, Google's word, and what Google's own client does or Google's documentation says. */
const ROWS: readonly [number, string, PublishVerdict["kind"]][] = [
  [400, "INVALID_ARGUMENT", "rejected"],
  [400, "FAILED_PRECONDITION", "rejected"],
  [401, "UNAUTHENTICATED", "unauthorized"],
  [403, "PERMISSION_DENIED", "blocked"],
  [404, "NOT_FOUND", "blocked"],
  [405, "METHOD_NOT_ALLOWED", "blocked"],
  [408, "DEADLINE_EXCEEDED", "retry"],
  [409, "ABORTED", "retry"],
  [409, "ALREADY_EXISTS", "blocked"],
  [413, "INVALID_ARGUMENT", "rejected"],
  [429, "RESOURCE_EXHAUSTED", "retry"],
  [499, "CANCELLED", "retry"],
  [500, "INTERNAL", "retry"],
  [500, "UNKNOWN", "retry"],
  [501, "UNIMPLEMENTED", "blocked"],
  [502, "UNAVAILABLE", "retry"],
  [503, "UNAVAILABLE", "retry"],
  [504, "DEADLINE_EXCEEDED", "retry"],
];

describe("An answer in Google's form", () => {
  it.each(ROWS)("%i %s means %s", (code, status, kind) => {
    const reason = `${code} ${status}: Words.`;
    expect(classify(code, google(code, status))).toMatchObject({ kind, reason });
  });

  it("400 FAILED_PRECONDITION does not blame the event where there is only one: billing, the region or a key is to blame", () => {
    const answer = google(400, "FAILED_PRECONDITION");
    expect(classify(400, answer, null, 1)).toMatchObject({ kind: "blocked" });
    expect(classify(400, google(400, "INVALID_ARGUMENT"), null, 1).kind).toBe("rejected");
  });

  it("sets the earliest retry with Retry-After, if it has one", () => {
    expect(classify(429, google(429, "X"), "7")).toMatchObject({ retryAfterMs: 7000 });
    expect(classify(503, google(503, "X"))).toMatchObject({ retryAfterMs: null });
  });
});

describe("The table of answers", () => {
  /** The outcome of each row, and an answer that belongs to it. */
  const EXAMPLES: Readonly<Record<Meaning, readonly [PublishVerdict["kind"], number]>> = {
    published: ["published", 200],
    passing: ["retry", 429],
    unauthorized: ["unauthorized", 401],
    blocked: ["blocked", 403],
    event: ["rejected", 400],
  };

  it.each(Object.entries(EXAMPLES))("has the row %s for %j", (row, [kind, status]) => {
    const json = status === 200 ? { messageIds: ["1", "2"] } : google(status, "X");
    expect(classify(status, json).kind).toBe(kind);
    // Object.entries widens to string; these are the table's own.
    expect(PUBSUB_ANSWERS[row as Meaning].answers).toContain(String(status));
  });

  it("counts each row under an outcome that the metric has", () => {
    const { values } = METRICS.signal_manager_publish_requests_total.label;
    const counted = Object.values(PUBSUB_ANSWERS).map((row) => row.counted);
    const named = counted.flatMap((text) => text.match(/(?<=`)\w+(?=`)/g) ?? []);
    expect(named.toSorted()).toEqual([...values].toSorted());
  });
});

describe("An answer of somebody else", () => {
  it.each<[number, PublishVerdict["kind"]]>([
    [301, "blocked"],
    [400, "rejected"],
    [401, "unauthorized"],
    [403, "blocked"],
    [404, "blocked"],
    [409, "retry"],
    [418, "blocked"],
    [500, "retry"],
    [501, "retry"],
    [502, "retry"],
    [520, "retry"],
    [599, "retry"],
  ])("%i without JSON means %s", (status, kind) => {
    const reason = `${status} without Google's error body`;
    expect(classify(status)).toMatchObject({ kind, reason });
  });

  it.each([[{}], [{ error: "no" }], [{ error: null }], [[]], [null], ["text"], [{ error: [] }]])(
    "503 with %j is tried again",
    (json) => {
      expect(classify(503, json).kind).toBe("retry");
    },
  );
});

describe("An answer with status 200", () => {
  it("means published if it has as many ids as there were messages", () => {
    expect(classify(200, { messageIds: ["1", "2"] })).toEqual({ kind: "published" });
  });

  it.each([
    [{ messageIds: ["1"] }, "200 with 1 message ids for 2 messages"],
    [{ messageIds: ["1", "2", "3"] }, "200 with 3 message ids for 2 messages"],
    [{}, "200 with no message ids for 2 messages"],
    [undefined, "200 with no message ids for 2 messages"],
    [{ messageIds: "12" }, "200 with no message ids for 2 messages"],
  ])("with %j means retry", (json, reason) => {
    expect(classify(200, json)).toEqual({ kind: "retry", reason, retryAfterMs: null });
  });
});

describe("The reason", () => {
  it("quotes at most 200 characters of the message, on one line", () => {
    const { reason } = classify(400, google(400, "X", `a\n\tb\u2028c ${"🦊".repeat(300)}`)) as {
      reason: string;
    };
    expect(reason.startsWith("400 X: a b c 🦊")).toBe(true);
    expect([...reason]).toHaveLength("400 X: ".length + 200);
    expect(reason.isWellFormed()).toBe(true);
  });

  it.each([
    "eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJ4In0.c2ln-_",
    "ya29.a0Af_B-x.y",
    "eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJ4In0",
  ])("never quotes a token: %s", (token) => {
    expect(tidy(`Bad header "Bearer ${token}" seen`)).toBe('Bad header "Bearer …" seen');
  });

  it("quotes a status only if it looks like one of Google's", () => {
    expect(classify(400, google(400, "<script>", "no"))).toMatchObject({ reason: "400: no" });
    expect(classify(400, google(400, "X", ""))).toMatchObject({ reason: "400 X" });
  });
});

describe("Retry-After", () => {
  it.each([
    [null, null],
    ["0", 0],
    ["120", 120_000],
    [" 5 ", 5000],
    ["Mon, 23 Nov 2026 06:00:30 GMT", 30_000],
    ["Mon, 23 Nov 2026 05:00:00 GMT", 0],
    ["soon", null],
    ["-1", null],
  ])("%j means %j ms", (header, ms) => {
    expect(parseRetryAfter(header, EVENT_AT_MS)).toBe(ms);
  });
});
