/** The key by which an address is counted: the same for every spelling, and another for every other network. */
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { rateKeyOf } from "../../src/worker/rate-key.ts";

describe("the key of an address", () => {
  it.each([
    ["203.0.113.7", "203.0.113.7"],
    [" 203.0.113.7 ", "203.0.113.7"],
    ["::ffff:203.0.113.7", "203.0.113.7"],
    ["::FFFF:cb00:7107", "203.0.113.7"],
    ["0:0:0:0:0:ffff:203.0.113.7", "203.0.113.7"],
    ["::ffff:0.0.0.0", "0.0.0.0"],
    ["2001:db8::1", "2001:db8:0:0::/64"],
    ["2001:db8::2", "2001:db8:0:0::/64"],
    ["2001:0DB8:0000:0000:0000:0000:0000:0001", "2001:db8:0:0::/64"],
    ["[2001:db8::1]", "2001:db8:0:0::/64"],
    ["2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"],
    ["2001:db8:1::", "2001:db8:1:0::/64"],
    ["fe80::1%eth0", "fe80:0:0:0::/64"],
    ["::1", "0:0:0:0::/64"],
    ["::", "0:0:0:0::/64"],
    ["1:2:3::4:5:6", "1:2:3:0::/64"],
    ["unknown", "unknown"],
    ["", ""],
    ["2001:db8", "2001:db8"],
    ["::ffff:1.2.3.4.5", "::ffff:1.2.3.4.5"],
    ["a]b:", "a]b:"],
  ])("[UP6] of %j is %j", (address, key) => {
    expect(rateKeyOf(address)).toBe(key);
  });

  const groups = fc.array(fc.integer({ min: 0, max: 0xffff }), { minLength: 8, maxLength: 8 });

  it("[UP6] is the same for each spelling of each address of a /64, and differs between networks", () => {
    const zeroes = fc.array(fc.constantFrom(0, 0, 0xab), { minLength: 8, maxLength: 8 });
    const address = fc.oneof(groups, zeroes).filter(([first = 0]) => first > 0);
    fc.assert(
      fc.property(address, address, (one, other) => {
        const network = one.slice(0, 4);
        const neighbour = [...network, ...other.slice(4)];
        const keys = [...spellingsOf(one), ...spellingsOf(neighbour)].map(rateKeyOf);
        expect(new Set(keys)).toEqual(new Set([`${network.map(toHex).join(":")}::/64`]));
        const isSameNetwork = network.join() === other.slice(0, 4).join();
        expect(rateKeyOf(other.map(toHex).join(":")) === keys[0]).toBe(isSameNetwork);
      }),
    );
  });

  it("[UP6] is found for every text", () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.string({ unit: "binary" }), fc.stringMatching(/^[\da-f:.%[\]]{0,40}$/)),
        (text) => {
          expect(typeof rateKeyOf(text)).toBe("string");
        },
      ),
    );
  });
});

function toHex(group: number): string {
  return group.toString(16);
}

/** Long, short in upper case, and with each run of zeroes left out. */
function spellingsOf(address: readonly number[]): string[] {
  const short = address.map(toHex);
  const long = short.map((group) => group.padStart(4, "0")).join(":");
  const compressed = short.flatMap((_, from) =>
    short.flatMap((__, to) =>
      to > from && short.slice(from, to).every((group) => group === "0")
        ? [`${short.slice(0, from).join(":")}::${short.slice(to).join(":")}`]
        : [],
    ),
  );
  return [long, short.join(":").toUpperCase(), ...compressed];
}
