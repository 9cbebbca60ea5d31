/** Data as JSON text. Pure. `JSON.stringify` loses in silence what JSON cannot say: bytes, a Map, a function, NaN. */

/**
 * Undefined is left out, or null in a list, as in JSON. A `toJSON` method is trusted.
 * @throws what `refuse` returns for the place and the kind of a value that JSON cannot say, such as `data.file is a Blob`;
 * also whatever a `toJSON` method throws.
 */
export function jsonText(data: unknown, refuse: (detail: string) => Error): string | undefined {
  // The objects around the current value, from the outside in, and the key of each.
  const holders: unknown[] = [];
  const keys: string[] = [];
  return JSON.stringify(data, function (this: unknown, key: string, value: unknown): unknown {
    while (holders.length > 0 && holders.at(-1) !== this) {
      holders.pop();
      keys.pop();
    }
    const kind = holders.includes(value) ? "a circle" : unsayable(value);
    keys.push(holders.length === 0 ? "data" : key);
    if (kind !== null) throw refuse(`${keys.join(".")} is ${kind}`);
    holders.push(value);
    return value;
  });
}

/** What the value is, if JSON cannot say it. */
function unsayable(value: unknown): string | null {
  if (typeof value === "number") return Number.isFinite(value) ? null : String(value);
  if (/^(bigint|function|symbol)$/.test(typeof value)) return `a ${typeof value}`;
  if (typeof value !== "object" || value === null) return null;
  // Unlike `instanceof`, it knows the objects of another realm.
  const name = Object.prototype.toString.call(value).slice(8, -1);
  if (name !== "Object") {
    if (/^(Array|String|Number|Boolean)$/.test(name)) return null;
    return `${/^[AEIO]/.test(name) ? "an" : "a"} ${name}`;
  }
  const prototype: object | null = Object.getPrototypeOf(value);
  const isPlain = prototype === null || Object.getPrototypeOf(prototype) === null;
  return isPlain || Object.keys(value).length > 0 ? null : "an object without fields of its own";
}
