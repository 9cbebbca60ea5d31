/** Compares the table of the client's errors with the tables of the wire. */
import { describe, expect, it } from "vitest";
import {
  codeOfClose,
  codeOfErrorFrame,
  SIGNAL_ERRORS,
  SignalError,
  type SignalErrorCode,
} from "../../src/client/errors.ts";
import { CLOSE_CODES, type CloseName } from "../../src/protocol/close-codes.ts";
import { ERROR_CODES, faultRow, FAULTS, type Fault } from "../../src/protocol/errors.ts";

/** What a user of the SDK reads of a fault that the hub reports. */
function messageOf(fault: Fault): string {
  const { code, close, text } = faultRow(fault);
  const known = close === undefined ? codeOfErrorFrame(code) : codeOfClose(close);
  return new SignalError(known, { detail: text }).message;
}

describe("SIGNAL_ERRORS", () => {
  it("[ER1] has a code of its own for every error_code of the wire", () => {
    const codes = Object.keys(ERROR_CODES).map((code) => codeOfErrorFrame(Number(code)));
    expect(new Set(codes).size).toBe(codes.length);
    expect(
      Object.fromEntries(Object.keys(ERROR_CODES).map((code, at) => [code, codes[at]])),
    ).toEqual({
      400: "bad-signal",
      401: "unauthenticated",
      403: "target-forbidden",
      404: "target-absent",
      409: "replaced",
      413: "too-large",
      429: "rate-limited",
      500: "hub-fault",
      503: "hub-unavailable",
    });
  });

  it("[ER1] treats an unknown error_code as the hub's fault", () => {
    expect(codeOfErrorFrame(418)).toBe("hub-fault");
    expect(codeOfErrorFrame(Number.NaN)).toBe("hub-fault");
  });

  it.each(Object.entries(CLOSE_CODES) as [CloseName, (typeof CLOSE_CODES)[CloseName]][])(
    "[CL1] makes close %s retryable exactly if the hub's table says backoff",
    (name, { reconnect }) => {
      expect(SIGNAL_ERRORS[codeOfClose(name)].retryable).toBe(reconnect === "backoff");
    },
  );

  it("[CL1] treats a close that is not in the hub's table as a lost connection", () => {
    expect(codeOfClose(undefined)).toBe("connection-lost");
  });

  it.each(Object.keys(SIGNAL_ERRORS) as SignalErrorCode[])(
    "has a text for %s, which a SignalError carries",
    (code) => {
      const error = new SignalError(code, { target: "bob", detail: "in detail", cause: "cause" });
      expect(error).toBeInstanceOf(Error);
      expect(error).toMatchObject({
        name: "SignalError",
        code,
        target: "bob",
        cause: "cause",
        message: `${SIGNAL_ERRORS[code].text}: in detail`,
        retryable: SIGNAL_ERRORS[code].retryable,
        outcome: "not-delivered",
      });
      expect(error.message.length).toBeGreaterThan(20);
    },
  );

  it("says once what the hub says, too, and adds what the hub alone says", () => {
    expect({
      absent: messageOf("signal.absent"),
      forbidden: messageOf("signal.forbidden"),
      internal: messageOf("internal"),
      kicked: messageOf("session.kicked"),
      rate: messageOf("rate.exceeded"),
      replaced: messageOf("session.replaced"),
      tooLarge: messageOf("message.too-large"),
      expired: messageOf("session.expired"),
      backlog: messageOf("signal.backlog"),
    }).toEqual({
      absent: "The target is not connected",
      forbidden: "Your token does not allow this target",
      internal: "The hub failed; the frame had no effect",
      kicked: "An administrator ended this session",
      rate: "Too many frames: slow down",
      replaced: "Another connection took over this client id",
      tooLarge: "The hub allows no message of this size",
      expired: "The hub refused the credentials: Token has expired",
      backlog:
        "The hub has no room, or cannot reach the target: Target client does not read: too much waits for it",
    });
    for (const fault of Object.keys(FAULTS) as Fault[]) {
      const { text } = faultRow(fault);
      expect(messageOf(fault).split(text).length, fault).toBeLessThanOrEqual(2);
    }
  });

  it("names no sentence as the hub's that the hub does not say", () => {
    const said = new Set(Object.values(FAULTS).map(({ text }): string => text));
    const rows = Object.values(SIGNAL_ERRORS) as { readonly hubText?: string }[];
    const named = rows.flatMap(({ hubText }) => hubText ?? []);
    expect(named.filter((text) => !said.has(text))).toEqual([]);
    expect(named).not.toEqual([]);
  });
});
