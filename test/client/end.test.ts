/** What follows when an attempt or a session has ended. */
import { describe, expect, it } from "vitest";
import { judge, type End, type History } from "../../src/client/end.ts";
import { CLOSE_CODES } from "../../src/protocol/close-codes.ts";

const FIXED: History = { tokenIsRenewable: false, refusals: 0 };
const RENEWABLE: History = { tokenIsRenewable: true, refusals: 0 };

function report(code: number, retryAfterMs: number | null = null) {
  return { code, text: `says ${code}`, target: null, retryAfterMs };
}

const cause = new Error("no");

describe("after the end of a connection", () => {
  it.each<[End, "retry" | "stop", string]>([
    [{ kind: "token-failed", cause }, "retry", "token-failed"],
    [{ kind: "impossible", cause }, "stop", "bad-option"],
    [{ kind: "not-opened" }, "retry", "unreachable"],
    [{ kind: "late" }, "retry", "unreachable"],
    [{ kind: "too-old" }, "stop", "hub-too-old"],
    [{ kind: "silent" }, "retry", "connection-lost"],
    [{ kind: "framing-lost", detail: "" }, "retry", "bad-frame"],
    [{ kind: "refused", report: report(400) }, "stop", "connect-refused"],
    [{ kind: "refused", report: report(401) }, "stop", "unauthenticated"],
    [{ kind: "refused", report: report(403) }, "stop", "connect-refused"],
    [{ kind: "refused", report: report(429, 50) }, "retry", "rate-limited"],
    [{ kind: "refused", report: report(500) }, "retry", "hub-fault"],
    [{ kind: "refused", report: report(503, 50) }, "retry", "hub-unavailable"],
    [{ kind: "closed", code: 1000, report: null }, "stop", "closed-by-hub"],
    [{ kind: "closed", code: 1001, report: null }, "retry", "connection-lost"],
    [{ kind: "closed", code: 1006, report: null }, "retry", "connection-lost"],
    [{ kind: "closed", code: 1011, report: null }, "retry", "connection-lost"],
    [{ kind: "closed", code: 4400, report: null }, "stop", "framing-lost"],
    [{ kind: "closed", code: 4401, report: null }, "stop", "unauthenticated"],
    [{ kind: "closed", code: 4408, report: report(401) }, "retry", "connection-lost"],
    [{ kind: "closed", code: 4409, report: report(409) }, "stop", "replaced"],
    [{ kind: "closed", code: 4413, report: null }, "stop", "message-too-large"],
    [{ kind: "closed", code: 4429, report: null }, "retry", "connection-lost"],
    [{ kind: "closed", code: 4503, report: null }, "retry", "hub-unavailable"],
  ])("[CL1] of %j the client does this: %s, and says %s", (end, kind, code) => {
    expect(judge(end, FIXED)).toMatchObject({ kind, error: { code, retryable: kind === "retry" } });
  });

  it("[CL1] every close of the hub's table is judged by its row", () => {
    const verdicts = Object.values(CLOSE_CODES).map(({ code }) => [
      code,
      judge({ kind: "closed", code, report: null }, FIXED).kind,
    ]);
    const rows = Object.values(CLOSE_CODES).map(({ code, reconnect }) => [
      code,
      reconnect === "backoff" ? "retry" : "stop",
    ]);
    expect(verdicts).toEqual(rows);
  });

  it.each<End>([
    { kind: "refused", report: report(401) },
    { kind: "closed", code: 4401, report: report(401) },
  ])("[SE3] a token function is asked once more, and no more than once: %j", (end) => {
    expect(judge(end, RENEWABLE)).toMatchObject({ kind: "retry", isRefusal: true });
    expect(judge(end, { ...RENEWABLE, refusals: 1 })).toMatchObject({
      kind: "stop",
      isRefusal: true,
      error: { code: "unauthenticated", errorCode: 401 },
    });
  });

  it.each([
    [409, "stop", "replaced"],
    [401, "stop", "unauthenticated"],
    [429, "retry", "connection-lost"],
  ])(
    "[SE1] [SE3] the ERROR before a close that the network swallowed counts: %i",
    (code, kind, says) => {
      expect(judge({ kind: "closed", code: 1006, report: report(code) }, FIXED)).toMatchObject({
        kind,
        error: { code: says },
      });
    },
  );

  it("[ER1] the error has the hub's words, its numbers, and its pause", () => {
    const { error } = judge({ kind: "refused", report: report(503, 50) }, FIXED);
    expect(error).toMatchObject({ errorCode: 503, retryAfterMs: 50 });
    expect(error.message).toContain("says 503");
    const replaced = judge({ kind: "closed", code: 4409, report: report(409) }, FIXED).error;
    expect(replaced).toMatchObject({ errorCode: 409, closeCode: 4409 });
  });

  it("a hub that cannot be reached may have refused the credentials: the words name both", () => {
    const { message } = judge({ kind: "not-opened" }, FIXED).error;
    expect(message).toMatch(/unreachable/);
    expect(message).toMatch(/credentials/);
  });
});
