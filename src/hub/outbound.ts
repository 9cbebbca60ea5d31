/**
 * What leaves for clients with the capability `batch`: the frames that one event causes for a socket leave together, in
 * order, in as few messages as possible (BA1). A batch never outlives the turn that began it.
 */
import type { WireMessage } from "../wires/wire.ts";
import type { HubSocket } from "./ports.ts";

interface Batch {
  readonly buffer: Uint8Array;
  bytes: number;
}

/** Enough that a burst allocates nothing. More would be memory that nobody uses. */
const MAX_FREE_BUFFERS = 16;

export class OutboundBatcher {
  readonly #maxBytes: number;
  /** null: nothing is batched, and every frame leaves at once. */
  #batches: Map<HubSocket, Batch> | null = null;
  readonly #freeBuffers: Uint8Array[] = [];

  constructor(maxBatchBytes: number) {
    this.#maxBytes = maxBatchBytes;
  }

  /** Runs what sends, and then sends the batches. A run inside another belongs to it. */
  batch(run: () => void): void {
    if (this.#batches !== null) return run();
    this.#batches = new Map();
    try {
      run();
    } finally {
      const batches = this.#batches;
      this.#batches = null;
      for (const [socket, batch] of batches) this.#sendBatch(socket, batch);
    }
  }

  /** As `HubSocket.send`. The result stays true: only the hub itself closes a socket before the batch leaves. */
  send(socket: HubSocket, message: WireMessage): boolean {
    if (this.#batches === null || typeof message === "string" || !takesBatches(socket)) {
      return socket.send(message);
    }
    if (socket.isBacklogged) return false;
    const batch = this.#batchFor(this.#batches, socket, message.length);
    if (batch === null) return socket.send(message);
    batch.buffer.set(message, batch.bytes);
    batch.bytes += message.length;
    return true;
  }

  /** Sends what waits for this socket, which is about to be closed. */
  sendWaiting(socket: HubSocket): void {
    const batch = this.#batches?.get(socket);
    if (batch === undefined) return;
    this.#batches?.delete(socket);
    this.#sendBatch(socket, batch);
  }

  /** A batch with room for so many bytes; null: a frame larger than any batch leaves alone. */
  #batchFor(batches: Map<HubSocket, Batch>, socket: HubSocket, bytes: number): Batch | null {
    const begun = batches.get(socket);
    if (begun !== undefined && begun.bytes + bytes <= this.#maxBytes) return begun;
    this.sendWaiting(socket);
    if (bytes > this.#maxBytes) return null;
    const batch = { buffer: this.#freeBuffers.pop() ?? new Uint8Array(this.#maxBytes), bytes: 0 };
    batches.set(socket, batch);
    return batch;
  }

  /** `send` copies, so the buffer is free again. */
  #sendBatch(socket: HubSocket, { buffer, bytes }: Batch): void {
    socket.send(buffer.subarray(0, bytes));
    if (this.#freeBuffers.length < MAX_FREE_BUFFERS) this.#freeBuffers.push(buffer);
  }
}

function takesBatches({ connection }: HubSocket): boolean {
  return connection.state === "connected" && connection.session.capabilities.includes("batch");
}
