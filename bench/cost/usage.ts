/** What a deployment uses in a month and what that costs. Pure arithmetic on the table of prices. */
import {
  GIGABYTES_PER_OBJECT,
  MESSAGES_PER_REQUEST,
  METERS,
  PRICES,
  SUBSCRIPTION,
  type Meter,
} from "./prices.ts";

/** Usage in the code's terms; `metered` converts it into what is billed. */
export interface Usage {
  /** Upgrades are the only requests to the Worker in this model. */
  readonly upgrades: number;
  /** WebSocket messages from clients, as far as they reach an object's code. */
  readonly messages: number;
  /** RPC calls from object to object and from the Worker. */
  readonly rpcs: number;
  readonly alarms: number;
  readonly rowsWritten: number;
  readonly rowsRead: number;
  /** Seconds that objects were active, summed over all objects. */
  readonly activeSeconds: number;
  /** Stored all month. */
  readonly storedBytes: number;
}

export const NOTHING: Usage = {
  upgrades: 0,
  messages: 0,
  rpcs: 0,
  alarms: 0,
  rowsWritten: 0,
  rowsRead: 0,
  activeSeconds: 0,
  storedBytes: 0,
};

// Object.keys widens to string; NOTHING has exactly the keys of Usage.
const FIELDS = Object.keys(NOTHING) as (keyof Usage)[];

export function usage(some: Partial<Usage>): Usage {
  return { ...NOTHING, ...some };
}

export function sum(...usages: readonly Usage[]): Usage {
  return fromFields((field) => usages.reduce((total, one) => total + one[field], 0));
}

export function times(count: number, one: Usage): Usage {
  return fromFields((field) => one[field] * count);
}

/** An assumption: the Worker's CPU time per upgrade, with the verification of a JWT. */
export const WORKER_CPU_MS = 2;

const BYTES_PER_GIGABYTE = 1e9;

export type Metered = Readonly<Record<Meter, number>>;

export function metered(used: Usage): Metered {
  const { upgrades, messages, rpcs, alarms, rowsWritten, rowsRead } = used;
  return {
    workerRequests: upgrades,
    workerCpuMs: upgrades * WORKER_CPU_MS,
    // An upgrade is also a request to its object.
    durableRequests: upgrades + rpcs + alarms + messages / MESSAGES_PER_REQUEST,
    gigabyteSeconds: used.activeSeconds * GIGABYTES_PER_OBJECT,
    rowsWritten,
    rowsRead,
    storedGigabytes: used.storedBytes / BYTES_PER_GIGABYTE,
  };
}

export interface Bill {
  /** Dollars by meter. */
  readonly lines: Readonly<Record<Meter, number>>;
  readonly total: number;
  /** The most expensive line; null: nothing costs anything. */
  readonly largest: Meter | null;
}

/** The cost as if the subscription included nothing: what more usage costs once the included amounts are used up. */
export function listPrice(used: Usage): Bill {
  return priced(metered(used), () => 0, 0);
}

/** The monthly bill of an account that runs nothing else. */
export function monthlyBill(used: Usage): Bill {
  return priced(metered(used), (meter) => PRICES[meter].included, SUBSCRIPTION);
}

function priced(amounts: Metered, included: (meter: Meter) => number, base: number): Bill {
  const entries = METERS.map((meter): [Meter, number] => {
    const { dollars, per } = PRICES[meter];
    return [meter, (Math.max(0, amounts[meter] - included(meter)) * dollars) / per];
  });
  const [largest] = entries.filter(([, dollars]) => dollars > 0).toSorted((a, b) => b[1] - a[1]);
  return {
    // One entry per meter.
    lines: Object.fromEntries(entries) as Record<Meter, number>,
    total: entries.reduce((total, [, dollars]) => total + dollars, base),
    largest: largest?.[0] ?? null,
  };
}

function fromFields(value: (field: keyof Usage) => number): Usage {
  // One entry per field.
  return Object.fromEntries(FIELDS.map((field) => [field, value(field)])) as unknown as Usage;
}
