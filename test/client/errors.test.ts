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
import { ERROR_CODES } from "../../src/protocol/errors.ts";

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
});
