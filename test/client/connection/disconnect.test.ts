/** What the client does when an attempt or a session has ended. */
import { describe, expect, it } from "vitest";
import { classifyEnd, type Disconnect } from "../../../src/client/connection/disconnect.ts";
import { SignalError } from "../../../src/client/errors.ts";
import { CLOSE_CODES } from "../../../src/protocol/close-codes.ts";

function report(code: number, retryAfterMs: number | null = null) {
  return { code, text: `text of ${code}`, target: null, retryAfterMs };
}

describe("classifyEnd()", () => {
  it.each<[Disconnect, "tries again" | "stops", string]>([
    [{ kind: "failed", error: new SignalError("unreachable") }, "tries again", "unreachable"],
    [{ kind: "failed", error: new SignalError("hub-too-old") }, "stops", "hub-too-old"],
    [{ kind: "refused", report: report(400) }, "stops", "connect-refused"],
    [{ kind: "refused", report: report(401) }, "stops", "unauthenticated"],
    [{ kind: "refused", report: report(403) }, "stops", "connect-refused"],
    [{ kind: "refused", report: report(429, 50) }, "tries again", "rate-limited"],
    [{ kind: "refused", report: report(500) }, "tries again", "hub-fault"],
    [{ kind: "refused", report: report(503, 50) }, "tries again", "hub-unavailable"],
    [{ kind: "closed", code: 1000, report: null }, "stops", "closed-by-hub"],
    [{ kind: "closed", code: 1001, report: null }, "tries again", "connection-lost"],
    [{ kind: "closed", code: 1006, report: null }, "tries again", "connection-lost"],
    [{ kind: "closed", code: 1011, report: null }, "tries again", "connection-lost"],
    [{ kind: "closed", code: 4400, report: null }, "stops", "framing-lost"],
    [{ kind: "closed", code: 4401, report: null }, "stops", "unauthenticated"],
    [{ kind: "closed", code: 4408, report: report(401) }, "tries again", "connection-lost"],
    [{ kind: "closed", code: 4409, report: report(409) }, "stops", "replaced"],
    [{ kind: "closed", code: 4413, report: null }, "stops", "message-too-large"],
    [{ kind: "closed", code: 4429, report: null }, "tries again", "connection-lost"],
    [{ kind: "closed", code: 4503, report: null }, "tries again", "hub-unavailable"],
  ])("[CL1] after %j the client %s with the error %s", (end, does, code) => {
    expect(classifyEnd(end, false)).toMatchObject({
      error: { code, retryable: does === "tries again" },
    });
  });

  it("[CL1] follows the hub's table for each of its close codes", () => {
    for (const { code, reconnect } of Object.values(CLOSE_CODES)) {
      const { error } = classifyEnd({ kind: "closed", code, report: null }, false);
      expect([code, error.retryable]).toEqual([code, reconnect === "backoff"]);
    }
  });

  it.each<Disconnect>([
    { kind: "refused", report: report(401) },
    { kind: "closed", code: 4401, report: report(401) },
  ])("[SE3] lets the client try again after %j only if it can renew its token", (end) => {
    expect(classifyEnd(end, true)).toMatchObject({ isRefusal: true, error: { retryable: true } });
    expect(classifyEnd(end, false)).toMatchObject({
      isRefusal: true,
      error: { code: "unauthenticated", errorCode: 401 },
    });
  });

  it.each([
    [403, "kicked"],
    [409, "replaced"],
    [401, "unauthenticated"],
    [429, "connection-lost"],
  ])(
    "[SE1] [SE3] takes the reason from ERROR %i if the network swallowed the close after it",
    (code, expected) => {
      expect(
        classifyEnd({ kind: "closed", code: 1006, report: report(code) }, false),
      ).toMatchObject({
        error: { code: expected },
      });
    },
  );

  it("[ER1] gives the error the hub's text, its codes and its pause", () => {
    const { error } = classifyEnd({ kind: "refused", report: report(503, 50) }, false);
    expect(error).toMatchObject({ errorCode: 503, retryAfterMs: 50 });
    expect(error.message).toContain("text of 503");
    const replaced = classifyEnd({ kind: "closed", code: 4409, report: report(409) }, false).error;
    expect(replaced).toMatchObject({ errorCode: 409, closeCode: 4409 });
  });
});
