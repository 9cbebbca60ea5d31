import { describe, expect, it } from "vitest";
import { Random } from "./random.ts";
import { Storage, StorageFailed } from "./storage.ts";

function newStorage() {
  const storage = new Storage(new Random(1));
  return { storage, rows: storage.table<string, { n: number }>("rows") };
}

describe("a storage", () => {
  it("keeps copies: who stored a row cannot change it", () => {
    const { rows } = newStorage();
    const row = { n: 1 };
    rows.put("a", row);
    row.n = 2;
    expect(rows.find("a")).toEqual({ n: 1 });
  });

  it("gives the same table for the same name", () => {
    const { storage, rows } = newStorage();
    rows.put("a", { n: 1 });
    expect(storage.table("rows").count).toBe(1);
    expect(storage.table("others").count).toBe(0);
  });

  it("takes back a whole transaction that throws, over all tables", () => {
    const { storage, rows } = newStorage();
    const others = storage.table<string, number>("others");
    rows.put("kept", { n: 1 });
    rows.put("changed", { n: 1 });
    const transaction = () =>
      storage.transaction(() => {
        rows.delete("kept");
        rows.put("changed", { n: 2 });
        rows.put("new", { n: 3 });
        others.put("new", 3);
        throw new Error("no");
      });
    expect(transaction).toThrow("no");
    expect([rows.find("kept"), rows.find("changed")]).toEqual([{ n: 1 }, { n: 1 }]);
    expect([rows.count, others.count]).toEqual([2, 0]);
  });

  it("fails before or after the border of a transaction, never within it", () => {
    const { storage, rows } = newStorage();
    const write = () => storage.transaction(() => rows.put("a", { n: 1 }));
    storage.faults = { before: 1, after: 0 };
    expect(write).toThrow(StorageFailed);
    expect(rows.count).toBe(0);
    storage.faults = { before: 0, after: 1 };
    expect(write).toThrow(StorageFailed);
    expect(rows.count).toBe(1);
  });

  it("takes no further row when it is full, and still removes rows", () => {
    const { storage, rows } = newStorage();
    rows.put("a", { n: 1 });
    storage.fillUp();
    expect(() => rows.put("b", { n: 2 })).toThrow("the disk is full");
    expect(rows.delete("a")).toBe(true);
  });
});
