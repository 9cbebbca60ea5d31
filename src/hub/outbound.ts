/**
 * What leaves for sockets that take batches, while one message is handled: frames for one of them leave together, in
 * order, as few WebSocket messages (BA1). A batch never outlives the turn that began it.
 */
import type { HubSocket } from "./ports.ts";

interface Batch {
  readonly buffer: Uint8Array;
  bytes: number;
}

export class OutboundBatcher {
  readonly #maxBytes: number;
  /** null: nothing gathers, everything leaves at once. */
  #batches: Map<HubSocket, Batch> | null = null;
  readonly #free: Uint8Array[] = [];

  constructor(maxBatchBytes: number) {
    this.#maxBytes = maxBatchBytes;
  }

  /** Runs what sends, and lets what it gathered leave. Runs inside one another are one. */
  gather(run: () => void): void {
    if (this.#batches !== null) return run();
    this.#batches = new Map();
    try {
      run();
    } finally {
      const batches = this.#batches;
      this.#batches = null;
      for (const [socket, batch] of batches) this.#leave(socket, batch);
    }
  }

  /** As `HubSocket.send`. What is true now stays true: only the hub itself closes a socket before the batch leaves. */
  send(socket: HubSocket, bytes: Uint8Array): boolean {
    if (this.#batches === null || !takesBatches(socket)) return socket.send(bytes);
    if (socket.isBacklogged) return false;
    const batch = this.#batchFor(this.#batches, socket, bytes.length);
    if (batch === null) return socket.send(bytes);
    batch.buffer.set(bytes, batch.bytes);
    batch.bytes += bytes.length;
    return true;
  }

  /** Lets go what waits for this socket: it is about to be closed. */
  flush(socket: HubSocket): void {
    const batch = this.#batches?.get(socket);
    if (batch === undefined) return;
    this.#batches?.delete(socket);
    this.#leave(socket, batch);
  }

  /** One with room for so many bytes; null: a frame that is larger than a batch may be leaves alone. */
  #batchFor(batches: Map<HubSocket, Batch>, socket: HubSocket, bytes: number): Batch | null {
    const begun = batches.get(socket);
    if (begun !== undefined && begun.bytes + bytes <= this.#maxBytes) return begun;
    this.flush(socket);
    if (bytes > this.#maxBytes) return null;
    const batch = { buffer: this.#free.pop() ?? new Uint8Array(this.#maxBytes), bytes: 0 };
    batches.set(socket, batch);
    return batch;
  }

  /** `send` copies, so that the buffer is free again. */
  #leave(socket: HubSocket, { buffer, bytes }: Batch): void {
    socket.send(buffer.subarray(0, bytes));
    if (this.#free.length < MAX_FREE_BUFFERS) this.#free.push(buffer);
  }
}

/** Some, so that a burst allocates nothing: more would be memory that nobody uses. */
const MAX_FREE_BUFFERS = 16;

function takesBatches({ connection }: HubSocket): boolean {
  return connection.state === "connected" && connection.session.capabilities.includes("batch");
}
