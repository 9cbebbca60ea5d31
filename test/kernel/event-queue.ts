/** Events by their time, and events of one time by the order in which they were added: a binary heap. */

export interface QueuedEvent {
  readonly atMs: number;
  readonly sequence: number;
  readonly run: () => void;
}

export class EventQueue {
  readonly #heap: QueuedEvent[] = [];

  get first(): QueuedEvent | undefined {
    return this.#heap[0];
  }

  get size(): number {
    return this.#heap.length;
  }

  add(event: QueuedEvent): void {
    const heap = this.#heap;
    let at = heap.push(event) - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!swapsIfEarlier(heap, at, parent)) return;
      at = parent;
    }
  }

  takeFirst(): QueuedEvent | undefined {
    const heap = this.#heap;
    const [first] = heap;
    const last = heap.pop();
    if (first === undefined || last === undefined || first === last) return first;
    heap[0] = last;
    for (let at = 0; ;) {
      const [left, right] = [2 * at + 1, 2 * at + 2];
      const child = isEarlier(heap[right], heap[left]) ? right : left;
      if (!swapsIfEarlier(heap, child, at)) return first;
      at = child;
    }
  }
}

export function isEarlier(one: QueuedEvent | undefined, other: QueuedEvent | undefined): boolean {
  if (one === undefined) return false;
  if (other === undefined) return true;
  return one.atMs === other.atMs ? one.sequence < other.sequence : one.atMs < other.atMs;
}

function swapsIfEarlier(heap: QueuedEvent[], at: number, than: number): boolean {
  const [one, other] = [heap[at], heap[than]];
  if (one === undefined || other === undefined || !isEarlier(one, other)) return false;
  heap[at] = other;
  heap[than] = one;
  return true;
}
