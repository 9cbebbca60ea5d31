/** What each answer of Pub/Sub means. */
import { describe, expect, it } from "vitest";
import {
  classifyAnswer,
  parseRetryAfter,
  tidy,
  type PublishVerdict,
} from "../../../../src/events/sinks/pubsub/publish-outcome.ts";
import { EVENT_AT_MS } from "../../../support/events.ts";

const SLOW_MS = 60_000;

function classify(status: number, json?: unknown, retryAfter: string | null = null) {
  return classifyAnswer({ status, json, retryAfter }, 2, EVENT_AT_MS);
}

function google(code: number, status: string, message = "Words."): unknown {
  return { error: { code, status, message } };
}

/** The status, Google's word, and what Google's own client does or Google's documentation says. */
const ROWS: readonly [number, string, PublishVerdict["kind"]][] = [
  [400, "INVALID_ARGUMENT", "rejected"],
  [400, "FAILED_PRECONDITION", "rejected"],
  [401, "UNAUTHENTICATED", "unauthorized"],
  [403, "PERMISSION_DENIED", "rejected"],
  [404, "NOT_FOUND", "retry"],
  [405, "METHOD_NOT_ALLOWED", "rejected"],
  [408, "DEADLINE_EXCEEDED", "retry"],
  [409, "ABORTED", "retry"],
  [409, "ALREADY_EXISTS", "rejected"],
  [413, "INVALID_ARGUMENT", "rejected"],
  [429, "RESOURCE_EXHAUSTED", "retry"],
  [499, "CANCELLED", "retry"],
  [500, "INTERNAL", "retry"],
  [500, "UNKNOWN", "retry"],
  [501, "UNIMPLEMENTED", "rejected"],
  [502, "UNAVAILABLE", "retry"],
  [503, "UNAVAILABLE", "retry"],
  [504, "DEADLINE_EXCEEDED", "retry"],
];

describe("An answer in Google's form", () => {
  it.each(ROWS)("%i %s means %s", (code, status, kind) => {
    const reason = `${code} ${status}: Words.`;
    expect(classify(code, google(code, status))).toMatchObject({ kind, reason });
  });

  it.each([
    [400, "event"],
    [413, "event"],
    [403, "settings"],
    [501, "settings"],
  ])("%i concerns the %s", (code, concerns) => {
    expect(classify(code, google(code, "X"))).toMatchObject({ kind: "rejected", concerns });
  });

  it("means a retry after a minute if it is 404, whatever Retry-After says", () => {
    expect(classify(404, google(404, "NOT_FOUND"), "1")).toMatchObject({ retryAfterMs: SLOW_MS });
  });

  it("sets the earliest retry with Retry-After, if it has one", () => {
    expect(classify(429, google(429, "X"), "7")).toMatchObject({ retryAfterMs: 7000 });
    expect(classify(503, google(503, "X"))).toMatchObject({ retryAfterMs: null });
  });
});

describe("An answer of somebody else", () => {
  it.each<[number, PublishVerdict["kind"]]>([
    [301, "rejected"],
    [400, "rejected"],
    [401, "unauthorized"],
    [403, "rejected"],
    [404, "retry"],
    [409, "retry"],
    [418, "rejected"],
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
