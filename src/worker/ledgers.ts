/** Which Ledger a hub reports to, and all of them, for who reads. */
import type { Config } from "../config/keys.ts";
import { fnv1a } from "../protocol/fnv1a.ts";
import type { Env } from "./env.ts";
import { optionsOf, placed } from "./hubs.ts";
import type { LedgerObject } from "./ledger-object.ts";

type LedgerStub = DurableObjectStub<LedgerObject>;

/** A stub of its own each time: after an error one is broken for good. */
export function ledgerOf(env: Env, config: Config, hub: string): LedgerStub {
  return ledgerAt(env, config, fnv1a(hub) % config.events.ledgers);
}

export function allLedgers(env: Env, config: Config): LedgerStub[] {
  const { ledgers } = config.events;
  return Array.from({ length: ledgers }, (_, index) => ledgerAt(env, config, index));
}

function ledgerAt(env: Env, config: Config, index: number): LedgerStub {
  return placed(env.LEDGER, config).getByName(`ledger-${index}`, optionsOf(config));
}
