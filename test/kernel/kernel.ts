/**
 * A world to stand on: clock, network, storage and randomness, all of which one seed decides. It knows nothing of hubs: whoever
 * builds a world gives it objects and clients. The same seed and the same steps give the same trace, byte for byte, as long as
 * the world itself draws every random number here and awaits nothing but what happens here.
 */
import { Clock } from "./clock.ts";
import { DurableObject } from "./durable-object.ts";
import { IDEAL_NETWORK, Network, type NetworkSettings } from "./network.ts";
import { Random } from "./random.ts";
import { NO_STORAGE_FAULTS, Storage, type StorageFaults } from "./storage.ts";
import { Trace } from "./trace.ts";

export interface KernelOptions {
  readonly seed: number;
  /** Since the epoch. */
  readonly startMs?: number;
  /** Default: no latency, and nothing fails. */
  readonly network?: Partial<NetworkSettings>;
  readonly storageFaults?: StorageFaults;
}

const DEFAULT_START_MS = Date.UTC(2026, 10, 23);

export class Kernel {
  readonly seed: number;
  readonly random: Random;
  readonly clock: Clock;
  readonly trace: Trace;
  readonly network: Network;
  readonly #storageFaults: StorageFaults;

  constructor(options: KernelOptions) {
    const { seed, startMs = DEFAULT_START_MS, network, storageFaults } = options;
    this.seed = seed;
    this.random = new Random(seed);
    this.clock = new Clock(startMs);
    this.trace = new Trace(() => this.clock.now());
    const settings = { ...IDEAL_NETWORK, ...network };
    this.network = new Network(this.clock, this.random.fork("network"), this.trace, settings);
    this.#storageFaults = storageFaults ?? NO_STORAGE_FAULTS;
  }

  /** An object with a storage of its own. `wake`: makes its memory, at the first event and after each eviction and reset. */
  object<Memory>(name: string, wake: () => Memory): DurableObject<Memory> {
    const random = this.random.fork(`storage of ${name}`);
    const storage = new Storage(random, this.#storageFaults);
    return new DurableObject(name, { clock: this.clock, storage, trace: this.trace }, wake);
  }
}
