/** What a deployment uses in a month, and what that costs. Pure arithmetic on the table of prices. */
import {
  GIGABYTES_OF_AN_OBJECT,
  MESSAGES_A_REQUEST,
  METERS,
  PRICES,
  SUBSCRIPTION,
  type Meter,
} from "./prices.ts";

/** As the code causes it; `metered` says it as it is billed. */
export interface Usage {
  /** Upgrades, which are the Worker's only requests here. */
  readonly upgrades: number;
  /** WebSocket messages from clients that reach an object's code. */
  readonly messages: number;
  /** Calls by RPC from object to object, and from the Worker. */
  readonly rpcs: number;
  readonly alarms: number;
  readonly rowsWritten: number;
  readonly rowsRead: number;
  /** Seconds that objects were at work: a sum over all of them. */
  readonly activeSeconds: number;
  /** Kept all month. */
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

// The keys of NOTHING are those of Usage, all of them.
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

/** An assumption: what the Worker computes for an upgrade, a JWT's verification in it. */
export const WORKER_CPU_MS = 2;

const BYTES_A_GIGABYTE = 1e9;

export type Metered = Readonly<Record<Meter, number>>;

export function metered(used: Usage): Metered {
  const { upgrades, messages, rpcs, alarms, rowsWritten, rowsRead } = used;
  return {
    workerRequests: upgrades,
    workerCpuMs: upgrades * WORKER_CPU_MS,
    // An upgrade is a request to its object, too.
    durableRequests: upgrades + rpcs + alarms + messages / MESSAGES_A_REQUEST,
    gigabyteSeconds: used.activeSeconds * GIGABYTES_OF_AN_OBJECT,
    rowsWritten,
    rowsRead,
    storedGigabytes: used.storedBytes / BYTES_A_GIGABYTE,
  };
}

export interface Bill {
  /** Dollars by meter. */
  readonly lines: Readonly<Record<Meter, number>>;
  readonly total: number;
  /** The dearest line; null: nothing costs anything. */
  readonly largest: Meter | null;
}

/** As if nothing were included: what one more of it costs whose subscription is used up. */
export function listPrice(used: Usage): Bill {
  return priced(metered(used), () => 0, 0);
}

/** The month's bill of an account that runs nothing else. */
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
    // One entry a meter.
    lines: Object.fromEntries(entries) as Record<Meter, number>,
    total: entries.reduce((total, [, dollars]) => total + dollars, base),
    largest: largest?.[0] ?? null,
  };
}

function fromFields(value: (field: keyof Usage) => number): Usage {
  // One entry a field.
  return Object.fromEntries(FIELDS.map((field) => [field, value(field)])) as unknown as Usage;
}
