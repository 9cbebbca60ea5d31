/** What holds for every stamped JSON signal, however its source spelled it. */
import * as fc from "fast-check";
import { expect, it } from "vitest";
import { signalText } from "../support/arbitrary-json.ts";
import { canonical, topLevelKeys } from "../support/json-text.ts";
import { stampJsonText } from "../support/stamp.ts";

const SOURCE = "source_client_id";
const RUNS = { numRuns: 1000 };

/** What a decoder that ignores case makes of a key: ASCII, and the letters that fold to ASCII. */
const isSource = (key: string): boolean =>
  key
    .replaceAll("\u017f", "s")
    .replaceAll(/[\u0130\u0131]/g, "i")
    .toLowerCase() === SOURCE;

it("[SI2] A stamped signal names the authenticated source exactly once, whatever its source wrote", () => {
  fc.assert(
    fc.property(signalText, fc.constantFrom("alice", 'a"b\\', "日本🦊"), (text, source) => {
      const stamped = stampJsonText(text, source);
      expect(topLevelKeys(stamped).filter(isSource)).toEqual([SOURCE]);
      expect(JSON.parse(stamped)).toHaveProperty([SOURCE], source);
    }),
    RUNS,
  );
});

it("[SI5] A stamped signal keeps every other field", () => {
  fc.assert(
    fc.property(signalText, (text) => {
      const stamped = stampJsonText(text, "alice");
      expect(canonical(othersOf(stamped))).toEqual(canonical(othersOf(text)));
    }),
    RUNS,
  );
});

it("[SI5] A stamp changes no other byte if the source did not name itself", () => {
  fc.assert(
    fc.property(signalText, (text) => {
      fc.pre(!topLevelKeys(text).some(isSource));
      const stamped = stampJsonText(text, "alice");
      expect(stamped.replace('{"source_client_id":"alice",', "{")).toBe(text);
    }),
    RUNS,
  );
});

it("[SI5] A stamped signal keeps every other field in its place, including repeated ones", () => {
  fc.assert(
    fc.property(signalText, (text) => {
      const [first, ...others] = topLevelKeys(stampJsonText(text, "alice"));
      expect(first).toBe(SOURCE);
      expect(others).toEqual(topLevelKeys(text).filter((key) => !isSource(key)));
    }),
    RUNS,
  );
});

/** The fields that JSON.parse gives, without the source. */
function othersOf(text: string): unknown {
  const pairs = Object.entries(JSON.parse(text) as Record<string, unknown>);
  return Object.fromEntries(pairs.filter(([key]) => !isSource(key)));
}
