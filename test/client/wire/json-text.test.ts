/** What JSON can say, and the place of what it cannot. */
import { runInNewContext } from "node:vm";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { jsonText } from "../../../src/client/wire/json-text.ts";
import { encodeSignal } from "../../../src/client/wire/outgoing.ts";
import { clientId } from "../../support/client-ids.ts";
import { uuid, uuidBytes } from "../../support/frames.ts";

class Hidden {
  readonly #sdp = "v=0";
  get sdp(): string {
    return this.#sdp;
  }
}

class Point {
  readonly x = 1;
}

const write = (data: unknown) => jsonText(data, (detail) => new Error(detail));

const encode = (data: unknown) =>
  encodeSignal(uuidBytes(uuid(1)), clientId("alice"), { type: "offer", target: "bob", data });

describe("jsonText()", () => {
  const circle: { list: unknown[] } = { list: [] };
  circle.list.push({ back: circle });

  it.each<[string, unknown]>([
    ["data is a Uint8Array", Uint8Array.of(1, 2)],
    ["data is an Int8Array", Int8Array.of(1, 2)],
    ["data is an ArrayBuffer", new ArrayBuffer(4)],
    ["data is a DataView", new DataView(new ArrayBuffer(4))],
    ["data is a Map", new Map([["a", 1]])],
    ["data is a Set", new Set([1])],
    ["data.file is a Blob", { file: new Blob(["x"]) }],
    ["data is a Promise", Promise.resolve()],
    ["data is a RegExp", /x/],
    ["data.reason is an Error", { reason: new Error("x") }],
    ["data.n is NaN", { n: Number.NaN }],
    ["data.list.1 is -Infinity", { list: [1, -Infinity] }],
    ["data.n is a bigint", { n: 1n }],
    ["data.on.click is a function", { on: { click: () => {} } }],
    ["data.kind is a symbol", { kind: Symbol("x") }],
    ["data.list.0.back is a circle", circle],
    ["data. is a Map", { "": new Map() }],
    ["data.b.bytes is a Uint8Array", { a: { deep: [{}] }, b: { bytes: Uint8Array.of(1) } }],
    ["data.sdp is an object without fields of its own", { sdp: new Hidden() }],
    ["data.late is a Map", { late: { toJSON: () => new Map() } }],
    ["data is a Map", runInNewContext("new Map()")],
  ])("refuses: %s", (words, data) => {
    expect(() => write(data)).toThrow(new Error(words));
  });

  const shared = { port: 1 };
  it.each<[string, unknown]>([
    ["plain objects and lists", { a: [1, { b: null }], c: "d", e: true }],
    ["an empty object, and one without a prototype", [{}, Object.create(null)]],
    ["an object that stands in two places", { a: shared, b: [shared, shared] }],
    ["an instance whose fields are its own", new Point()],
    ["undefined, as JSON does", { a: undefined, list: [undefined] }],
    ["a Date, as its text", new Date(0)],
    ["a URL, as its text", new URL("ws://hub.test/")],
    ["boxed values", [Object("text"), Object(7), Object(false)]],
    ["objects of another realm", runInNewContext("({ a: [{}] })")],
    ["what a toJSON method returns", { toJSON: () => ({ sdp: "v=0" }) }],
    ["a text with a lone surrogate", "\ud800"],
  ])("writes %s as JSON.stringify does", (_, data) => {
    expect(write(data)).toBe(JSON.stringify(data));
  });

  it("writes every JSON value as JSON.stringify does", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (data) => {
        expect(write(data)).toBe(JSON.stringify(data));
      }),
    );
  });
});

describe("encodeSignal()", () => {
  it("[SI1] refuses data that JSON cannot say as bad-signal, and names the place", () => {
    expect(() => encode({ blob: new Blob(["x"]) })).toThrow(
      expect.objectContaining({
        code: "bad-signal",
        target: "bob",
        message: "The signal is not valid: data.blob is a Blob",
      }),
    );
  });

  it("[SI1] keeps what a toJSON method throws as the cause", () => {
    const cause = new Error("mine");
    const data = {
      toJSON() {
        throw cause;
      },
    };
    expect(() => encode(data)).toThrow(expect.objectContaining({ code: "bad-signal", cause }));
  });
});
