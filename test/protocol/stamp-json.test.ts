/** The source's id in a JSON signal, case by case. What holds for every signal is in `stamp-json.property.test.ts`. */
import { describe, expect, it } from "vitest";
import { JSON_PAYLOAD } from "../../src/protocol/encodings/payload-types.ts";
import { failed } from "../../src/protocol/result.ts";
import { stampJsonText, stampPayload } from "../support/stamp.ts";

/** A signal to bob with these fields. */
const signal = (fields: string): string => `{"target_client_id":"bob",${fields}}`;
const stamped = (fields: string): string =>
  `{"source_client_id":"alice","target_client_id":"bob",${fields}}`;

/** What bob receives if the source wrote `source_client_id` beside these fields. */
const restated = (fields: string): string =>
  stampJsonText(signal(`"source_client_id":"mallory",${fields}`), "alice");

describe("A source that wrote no source_client_id", () => {
  it.each([
    ["signal_data null", '"signal_data":null'],
    ["signal_data empty", '"signal_data":""'],
    ["signal_data an array", '"signal_data":[1,"two",{"three":3}]'],
    ["signal_data a number of its own spelling", '"signal_data":1.0E+2'],
    ["a nested source_client_id", '"signal_data":{"source_client_id":"mallory"}'],
    [
      "source_client_id as a value",
      '"signal_data":"source_client_id","x":"\\"source_client_id\\":1"',
    ],
    [
      "a key that only looks like it",
      '"signal_data":1,"sourceClientId":2,"source_client_id ":3,"source-client-id":4,"source_client_i\u0307d":5',
    ],
    ["a field named __proto__", '"signal_data":1,"__proto__":{"source_client_id":"mallory"}'],
    [
      "__proto__ twice",
      '"__proto__":{"source_client_id":1},"signal_data":1,"__proto__":{"source_client_id":2}',
    ],
    ["a nested __proto__", '"signal_data":{"__proto__":{"source_client_id":"mallory"}}'],
    [
      "a field named constructor",
      '"signal_data":1,"constructor":{"prototype":{"source_client_id":"mallory"}}',
    ],
    ["a field named hasOwnProperty", '"signal_data":1,"hasOwnProperty":1'],
    ["repeated keys", '"signal_data":1,"signal_data":2,"target_client_id":"bob"'],
    ["lone surrogates as escapes", '"signal_data":"\\ud83e \\uDD8A \\udd8a\\ud83e"'],
    [
      "numbers no engine keeps",
      '"signal_data":[1e400,-1e400,12345678901234567890,0.1e-999,-0,1.0]',
    ],
    ["white space", ' "signal_data"\t:\r\n1 , "x" : [ 1 , 2 ] '],
    ["fields whose names are numbers", '"2":1,"signal_data":{"2":1,"1":2},"1":2'],
    ["a line separator", '"signal_data":"\u2028"'],
  ])("[SI2] [SI5] is named behind the brace, and nothing else changes, beside %s", (_, fields) => {
    expect(stampJsonText(signal(fields), "alice")).toBe(stamped(fields));
  });

  it("[SI2] [SI5] may write white space before the first brace and behind the last", () => {
    const text = ` \t\r\n${signal('"signal_data":1')} \n`;
    expect(stampJsonText(text, "alice")).toBe(` \t\r\n${stamped('"signal_data":1')} \n`);
  });

  it.each([`"`, "\\", "{", "}", "日本", "🦊", "\u2028", 'a"b\\', "__proto__"])(
    "[SI2] is named correctly as %j",
    (source) => {
      const text = stampJsonText(signal('"signal_data":1'), source);
      expect(JSON.parse(text)).toEqual({
        source_client_id: source,
        target_client_id: "bob",
        signal_data: 1,
      });
    },
  );
});

describe("A source that wrote source_client_id", () => {
  it.each([
    ["first", '{"source_client_id":"mallory","target_client_id":"bob","signal_data":1}'],
    ["last", '{"target_client_id":"bob","signal_data":1,"source_client_id":"mallory"}'],
    [
      "twice",
      '{"source_client_id":"eve","target_client_id":"bob","signal_data":1,"source_client_id":"mallory"}',
    ],
    [
      "with an escape",
      '{"\\u0073ource_client_id":"mallory","target_client_id":"bob","signal_data":1}',
    ],
    [
      "all escapes",
      `{${spelledOut("source_client_id")}:"mallory","target_client_id":"bob","signal_data":1}`,
    ],
    [
      "plain, then with an escape",
      '{"source_client_id":"eve","target_client_id":"bob","source\\u005fclient_id":"mallory","signal_data":1}',
    ],
    [
      "with white space",
      '{ "source_client_id"\n:\t"mallory" ,"target_client_id":"bob","signal_data":1}',
    ],
    ["as null", '{"source_client_id":null,"target_client_id":"bob","signal_data":1}'],
    [
      "as an object with itself",
      '{"source_client_id":{"source_client_id":"mallory"},"target_client_id":"bob","signal_data":1}',
    ],
    ["with a capital", '{"Source_client_id":"mallory","target_client_id":"bob","signal_data":1}'],
    [
      "in capitals, last",
      '{"target_client_id":"bob","signal_data":1,"SOURCE_CLIENT_ID":"mallory"}',
    ],
    [
      "in every case at once",
      '{"Source_Client_Id":1,"source_client_id":2,"target_client_id":"bob","sOURCE_cLIENT_iD":3,"signal_data":1,"SOURCE_client_id":4}',
    ],
    [
      "with a long s, which Go folds",
      '{"target_client_id":"bob","signal_data":1,"\u017fource_client_id":"mallory"}',
    ],
    [
      "with a long s as an escape",
      '{"target_client_id":"bob","signal_data":1,"\\u017FOURCE_CLIENT_ID":"mallory"}',
    ],
    [
      "with a dotless i, which Java folds",
      '{"target_client_id":"bob","signal_data":1,"source_cl\u0131ent_id":"mallory"}',
    ],
    [
      "with a dotted capital I",
      '{"target_client_id":"bob","signal_data":1,"SOURCE_CLIENT_\u0130D":"mallory"}',
    ],
    ["truthfully", '{"source_client_id":"alice","target_client_id":"bob","signal_data":1}'],
  ])("[SI2] is overruled if it wrote the field %s", (_, text) => {
    expect(stampJsonText(text, "alice")).toBe(stamped('"signal_data":1'));
  });

  it.each([
    [
      "a nested source_client_id",
      '"signal_data":{"source_client_id":"mallory","x":[{"source_client_id":1}]}',
    ],
    [
      "a field named __proto__",
      '"signal_data":1,"__proto__":{"source_client_id":"mallory","__proto__":null}',
    ],
    ["a nested __proto__", '"signal_data":{"__proto__":{"__proto__":1.0}}'],
    ["a field named constructor", '"signal_data":1,"constructor":{"prototype":{}}'],
    [
      "fields that would be methods",
      '"signal_data":{"toJSON":"x","valueOf":1},"toJSON":1.0,"rawJSON":"x"',
    ],
    ["the order of fields", '"z":1,"signal_data":{"z":1,"a":2},"a":3'],
    [
      "the spelling of numbers",
      '"signal_data":[1e400,-1E+400,12345678901234567890,1.0,-0,-0.0,0.10,1E2],"n":1.50',
    ],
    ["lone surrogates as escapes", '"signal_data":"\\ud83e","\\udd8a":1'],
    ["strings that look like numbers", '"signal_data":["1.0","1e400"]'],
    ["empty values", '"signal_data":{"a":{},"b":[],"c":"","d":null,"":false}'],
  ])("[SI5] loses nothing else of its signal: %s", (_, fields) => {
    expect(restated(fields)).toBe(stamped(fields));
  });

  it.each([
    ["repeated fields", '"signal_data":1.0,"signal_data":2.0'],
    ["fields named with numbers, in their place", '"signal_data":1,"2":1,"1":{"3":1,"0":1}'],
    ["white space", ' "signal_data" :\t[ 1 ,\n2 ] '],
  ])("[SI5] loses nothing else of its signal: %s", (_, fields) => {
    expect(restated(fields)).toBe(stamped(fields));
  });
});

/** Every character as \u escape, in upper case. */
function spelledOut(text: string): string {
  const escapes = [...text].map(
    (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0").toUpperCase()}`,
  );
  return `"${escapes.join("")}"`;
}

describe("Deep nesting", () => {
  const DEPTH = 30_000;
  const deep = `"signal_data":${"[".repeat(DEPTH)}${"]".repeat(DEPTH)}`;
  const deepObjects = `"signal_data":${'{"":'.repeat(DEPTH / 3)}0${"}".repeat(DEPTH / 3)}`;

  it.each([
    ["arrays", deep],
    ["objects", deepObjects],
  ])("[SI5] of %s arrives as it was sent", (_, fields) => {
    expect(stampJsonText(signal(fields), "alice") === stamped(fields)).toBe(true);
  });

  it.each([
    ["arrays", deep],
    ["objects", deepObjects],
  ])(
    "[SI5] of %s arrives as it was sent, even beside a source_client_id of the source",
    (_, fields) => {
      const text = signal(`"source_client_id":"mallory",${fields}`);
      expect(stampJsonText(text, "alice") === stamped(fields)).toBe(true);
    },
  );
});

it("[SI1] A signal must have a field signal_data of its own", () => {
  const inherited = '{"target_client_id":"bob","__proto__":{"signal_data":1}}';
  expect(stampPayload(JSON_PAYLOAD, Buffer.from(inherited), "alice")).toEqual(
    failed("payload.signal-data"),
  );
});
