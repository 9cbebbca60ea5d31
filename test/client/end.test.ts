/** What follows when an attempt or a session has ended. */
import { describe, expect, it } from "vitest";
import { judge, type End, type History } from "../../src/client/end.ts";
import { SignalError } from "../../src/client/errors.ts";
import { CLOSE_CODES } from "../../src/protocol/close-codes.ts";

const FIXED: History = { tokenIsRenewable: false, refusals: 0 };
const RENEWABLE: History = { tokenIsRenewable: true, refusals: 0 };

function report(code: number, retryAfterMs: number | null = null) {
  return { code, text: `says ${code}`, target: null, retryAfterMs };
}

describe("after the end of a connection", () => {
  it.each<[End, "goes on" | "stops", string]>([
    [{ kind: "failed", error: new SignalError("unreachable") }, "goes on", "unreachable"],
    [{ kind: "failed", error: new SignalError("hub-too-old") }, "stops", "hub-too-old"],
    [{ kind: "refused", report: report(400) }, "stops", "connect-refused"],
    [{ kind: "refused", report: report(401) }, "stops", "unauthenticated"],
    [{ kind: "refused", report: report(403) }, "stops", "connect-refused"],
    [{ kind: "refused", report: report(429, 50) }, "goes on", "rate-limited"],
    [{ kind: "refused", report: report(500) }, "goes on", "hub-fault"],
    [{ kind: "refused", report: report(503, 50) }, "goes on", "hub-unavailable"],
    [{ kind: "closed", code: 1000, report: null }, "stops", "closed-by-hub"],
    [{ kind: "closed", code: 1001, report: null }, "goes on", "connection-lost"],
    [{ kind: "closed", code: 1006, report: null }, "goes on", "connection-lost"],
    [{ kind: "closed", code: 1011, report: null }, "goes on", "connection-lost"],
    [{ kind: "closed", code: 4400, report: null }, "stops", "framing-lost"],
    [{ kind: "closed", code: 4401, report: null }, "stops", "unauthenticated"],
    [{ kind: "closed", code: 4408, report: report(401) }, "goes on", "connection-lost"],
    [{ kind: "closed", code: 4409, report: report(409) }, "stops", "replaced"],
    [{ kind: "closed", code: 4413, report: null }, "stops", "message-too-large"],
    [{ kind: "closed", code: 4429, report: null }, "goes on", "connection-lost"],
    [{ kind: "closed", code: 4503, report: null }, "goes on", "hub-unavailable"],
  ])("[CL1] of %j the client %s, and says %s", (end, does, code) => {
    expect(judge(end, FIXED)).toMatchObject({ error: { code, retryable: does === "goes on" } });
  });

  it("[CL1] every close of the hub's table is judged by its row", () => {
    for (const { code, reconnect } of Object.values(CLOSE_CODES)) {
      const { error } = judge({ kind: "closed", code, report: null }, FIXED);
      expect([code, error.retryable]).toEqual([code, reconnect === "backoff"]);
    }
  });

  it.each<End>([
    { kind: "refused", report: report(401) },
    { kind: "closed", code: 4401, report: report(401) },
  ])("[SE3] a token function is asked once more, and no more than once: %j", (end) => {
    expect(judge(end, RENEWABLE)).toMatchObject({
      isRefusal: true,
      error: { retryable: true },
    });
    expect(judge(end, { ...RENEWABLE, refusals: 1 })).toMatchObject({
      isRefusal: true,
      error: { code: "unauthenticated", errorCode: 401 },
    });
  });

  it.each([
    [403, "kicked"],
    [409, "replaced"],
    [401, "unauthenticated"],
    [429, "connection-lost"],
  ])("[SE1] [SE3] the ERROR before a close that the network swallowed counts: %i", (code, says) => {
    expect(judge({ kind: "closed", code: 1006, report: report(code) }, FIXED)).toMatchObject({
      error: { code: says },
    });
  });

  it("[ER1] the error has the hub's words, its numbers, and its pause", () => {
    const { error } = judge({ kind: "refused", report: report(503, 50) }, FIXED);
    expect(error).toMatchObject({ errorCode: 503, retryAfterMs: 50 });
    expect(error.message).toContain("says 503");
    const replaced = judge({ kind: "closed", code: 4409, report: report(409) }, FIXED).error;
    expect(replaced).toMatchObject({ errorCode: 409, closeCode: 4409 });
  });
});
