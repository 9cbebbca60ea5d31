/**
 * The storage of one object: tables whose rows survive evictions and resets, written in transactions that happen whole or
 * not at all. What is stored is a copy: nobody changes a row by changing what was stored.
 */
import type { Random } from "./random.ts";

/** How probable it is that a transaction fails. */
export interface StorageFaults {
  /** It leaves nothing. */
  readonly before: number;
  /** It has been committed, and the object learns of an error all the same. */
  readonly after: number;
}

export const NO_STORAGE_FAULTS: StorageFaults = { before: 0, after: 0 };

export class StorageFailed extends Error {
  override readonly name = "StorageFailed";
}

export class Storage {
  readonly #random: Random;
  readonly #tables = new Map<string, Table<unknown, unknown>>();
  /** How to take back what the transaction that is open has written; null: none is. */
  #undo: (() => void)[] | null = null;
  #isFull = false;
  /** May be replaced at any time. */
  faults: StorageFaults;

  constructor(random: Random, faults: StorageFaults = NO_STORAGE_FAULTS) {
    this.#random = random;
    this.faults = faults;
  }

  /** The table of this name. It is made when it is first asked for. */
  table<Key, Row>(name: string): Table<Key, Row> {
    let table = this.#tables.get(name);
    if (table === undefined) {
      table = new Table<unknown, unknown>({
        isFull: () => this.#isFull,
        wrote: (undo) => void this.#undo?.push(undo),
      });
      this.#tables.set(name, table);
    }
    // Who names a table twice names the same types: a name is a table of one program.
    return table as unknown as Table<Key, Row>;
  }

  /** From now on no row can be added; rows can still be removed. */
  fillUp(): void {
    this.#isFull = true;
  }

  /** All that `write` does, or nothing if it throws. @throws StorageFailed, and what `write` throws. */
  transaction<Result>(write: () => Result): Result {
    const undo: (() => void)[] = [];
    this.#undo = undo;
    let result: Result;
    try {
      result = write();
      if (this.#random.happens(this.faults.before)) throw new StorageFailed("nothing was written");
    } catch (error) {
      for (const takeBack of undo.toReversed()) takeBack();
      throw error;
    } finally {
      this.#undo = null;
    }
    if (this.#random.happens(this.faults.after)) throw new StorageFailed("everything was written");
    return result;
  }
}

/** What a table asks of its storage. */
interface TableOwner {
  readonly isFull: () => boolean;
  /** How to take back what was just written. */
  readonly wrote: (undo: () => void) => void;
}

export class Table<Key, Row> {
  readonly #rows = new Map<Key, Row>();
  readonly #owner: TableOwner;

  constructor(owner: TableOwner) {
    this.#owner = owner;
  }

  get count(): number {
    return this.#rows.size;
  }

  find(key: Key): Row | undefined {
    return this.#rows.get(key);
  }

  all(): Iterable<Row> {
    return this.#rows.values();
  }

  /** @throws StorageFailed if the disk is full. */
  put(key: Key, row: Row): void {
    if (this.#owner.isFull()) throw new StorageFailed("the disk is full");
    this.#undoable(key);
    this.#rows.set(key, structuredClone(row));
  }

  /** False: there was no such row. */
  delete(key: Key): boolean {
    this.#undoable(key);
    return this.#rows.delete(key);
  }

  #undoable(key: Key): void {
    const before = this.#rows.get(key);
    this.#owner.wrote(() => {
      if (before === undefined) this.#rows.delete(key);
      else this.#rows.set(key, before);
    });
  }
}
