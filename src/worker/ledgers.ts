/** Which Ledger a hub reports to, and all of them, for who reads. */
import type { Config } from "../config/keys.ts";
import { fnv1a } from "../protocol/fnv1a.ts";
import type { Env } from "./env.ts";
import type { LedgerObject } from "./ledger/ledger-object.ts";

type LedgerStub = DurableObjectStub<LedgerObject>;

/** A stub of its own each time: after an error one is broken for good. */
export function ledgerOf(env: Env, { events }: Config, hub: string): LedgerStub {
  return ledgerAt(env, fnv1a(hub) % events.ledgers);
}

export function allLedgers(env: Env, { events }: Config): LedgerStub[] {
  return Array.from({ length: events.ledgers }, (_, index) => ledgerAt(env, index));
}

function ledgerAt(env: Env, index: number): LedgerStub {
  return env.LEDGER.getByName(`ledger-${index}`);
}
