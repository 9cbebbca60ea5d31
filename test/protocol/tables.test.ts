/** The tables of the protocol against what the document and PROTOCOL.md say, written out. */
import { describe, expect, it } from "vitest";
import { grantCapabilities } from "../../src/protocol/capabilities.ts";
import { CLOSE_CODES } from "../../src/protocol/close-codes.ts";
import { ERROR_CODES, faultRow, FAULTS, type Fault } from "../../src/protocol/errors.ts";
import * as limits from "../../src/protocol/limits.ts";
import {
  MESSAGE_TYPES,
  messageTypeName,
  RESERVED_MESSAGE_TYPES,
} from "../../src/protocol/messages/table.ts";

const EVERY_BYTE = Array.from({ length: 256 }, (_, byte) => byte);

describe("message types", () => {
  const documented = {
    CONNECT: 0x01,
    CONNECT_ACK: 0x02,
    DISCONNECT: 0x03,
    HEARTBEAT: 0x04,
    HEARTBEAT_ACK: 0x05,
    SIGNAL_OFFER: 0x10,
    SIGNAL_ANSWER: 0x11,
    SIGNAL_ICE_CANDIDATE: 0x12,
    SIGNAL_ACK: 0x13,
    ERROR: 0xff,
  };

  it("[MT1] [MT2] have the document's values, and no others", () => {
    const values = Object.entries(MESSAGE_TYPES).map(([name, { value }]) => [name, value]);
    expect(Object.fromEntries(values)).toEqual(documented);
    const known = EVERY_BYTE.map((byte) => [messageTypeName(byte), byte] as const);
    expect(Object.fromEntries(known.filter(([name]) => name !== undefined))).toEqual(documented);
  });

  it.each([
    ["client", ["CONNECT", "DISCONNECT", "HEARTBEAT"]],
    ["hub", ["CONNECT_ACK", "HEARTBEAT_ACK", "SIGNAL_ACK", "ERROR"]],
    ["both", ["SIGNAL_OFFER", "SIGNAL_ANSWER", "SIGNAL_ICE_CANDIDATE"]],
  ])("[MT1] [MT2] are sent by %s: %j", (from, names) => {
    const rows = Object.entries(MESSAGE_TYPES).filter(([, row]) => row.from === from);
    expect(rows.map(([name]) => name)).toEqual(names);
    expect(rows.map(([, row]) => row.signal)).toEqual(names.map(() => from === "both"));
  });

  it("[MT3] leave the reserved values unknown", () => {
    const reserved = RESERVED_MESSAGE_TYPES.flatMap(({ first, last }) =>
      EVERY_BYTE.filter((byte) => byte >= first && byte <= last),
    );
    expect(reserved).toEqual([
      0x20,
      0x21,
      0x22,
      0x23,
      0x30,
      0x31,
      0x32,
      0x33,
      0x34,
      0x35,
      ...EVERY_BYTE.slice(0x40, 0x50),
      0x50,
    ]);
    expect(reserved.filter(messageTypeName)).toEqual([]);
  });
});

describe("close codes", () => {
  it("[CL1] are these, and say what a client may do next", () => {
    const rows = Object.entries(CLOSE_CODES).map(([name, row]) => [row.code, name, row.reconnect]);
    expect(rows).toEqual([
      [1000, "normal", "never"],
      [1001, "going-away", "backoff"],
      [4400, "framing-lost", "never"],
      [4401, "unauthenticated", "new-token"],
      [4403, "kicked", "never"],
      [4408, "timed-out", "backoff"],
      [4409, "replaced", "never"],
      [4413, "too-large", "never"],
      [4429, "abuse", "backoff"],
      [4503, "full", "backoff"],
    ]);
  });

  it("[CL1] fit as reasons in a close frame: 123 bytes", () => {
    const lengths = Object.keys(CLOSE_CODES).map((name) => Buffer.byteLength(name));
    expect(Math.max(...lengths)).toBeLessThanOrEqual(123);
  });
});

describe("errors", () => {
  const faults = Object.keys(FAULTS) as Fault[];

  it("[ER1] have the document's codes, and those that its gaps needed", () => {
    expect(Object.keys(ERROR_CODES).map(Number)).toEqual([
      400, 401, 403, 404, 409, 413, 429, 500, 503,
    ]);
  });

  it.each<[Fault, number, string]>([
    ["auth.invalid", 401, "Invalid token"],
    ["signal.absent", 404, "Target client not found"],
  ])("[ER1] [CO5] [SI6] say what the document says: %s", (fault, code, text) => {
    expect(faultRow(fault)).toMatchObject({ code, text });
  });

  it("[ER3] close for these faults only", () => {
    const closing = faults.map((fault) => [fault, faultRow(fault).close] as const);
    expect(Object.fromEntries(closing.filter(([, close]) => close !== undefined))).toEqual({
      "message.too-large": "too-large",
      "frame.lost": "framing-lost",
      "connect.late": "timed-out",
      "connect.full": "full",
      "session.expired": "unauthenticated",
      "session.kicked": "kicked",
      "session.replaced": "replaced",
      "rate.abuse": "abuse",
    });
  });

  it("[ER1] use every code of the table", () => {
    const used = new Set(faults.map((fault) => faultRow(fault).code));
    expect([...used].toSorted()).toEqual(Object.keys(ERROR_CODES).map(Number));
  });

  it("[ER1] are one line of text each", () => {
    const texts = faults.map((fault) => faultRow(fault).text);
    expect(texts.filter((text) => !/^[ -~]{10,100}$/.test(text))).toEqual([]);
  });

  it.each<[string, Fault]>([
    ["FR6", "frame.lost"],
    ["FR7", "message.text"],
    ["FR3", "message.too-large"],
    ["MT2", "type.unknown"],
    ["SI8", "signal.too-large"],
  ])("[ER1] come from the rule that asks for them: %s asks for %s", (rule, fault) => {
    expect(faultRow(fault).rule).toBe(rule);
  });
});

describe("limits", () => {
  it("[FR1] [ID1] are the numbers of PROTOCOL.md", () => {
    expect({ ...limits }).toEqual({
      HEADER_BYTES: 21,
      MAX_PAYLOAD_BYTES: 65_535,
      MAX_MESSAGE_BYTES: 1_048_576,
      MAX_CLIENT_ID_CHARS: 128,
      MAX_TOKEN_CHARS: 4096,
      MAX_WAITING_FRAMES: 64,
      MAX_WAITING_BYTES: 1_048_576,
      MAX_CONNECT_FAILURES: 3,
      MAX_LOST_FRAMINGS: 16,
      HEARTBEATS_MISSED: 3,
      MAX_BACKLOG_BYTES: 1_048_576,
    });
  });
});

describe("capabilities", () => {
  it("[CO4] are granted as far as this version knows them, each once", () => {
    expect(grantCapabilities(["later", "ack", "batch", "ack", "", "toString"])).toEqual([
      "ack",
      "batch",
    ]);
    expect(grantCapabilities([])).toEqual([]);
  });
});
