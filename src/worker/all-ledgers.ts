/** All Ledgers, for a caller who waits for their answers: /metrics and the lists of the admin API. */
import type { Config } from "../config/keys.ts";
import { ledgerAt, ledgerName, type LedgerStub } from "./ledgers.ts";
import type { CallObject } from "./object-calls.ts";
import type { Env } from "./services.ts";

/** One Ledger. Each call is made on a new stub. */
export interface CalledLedger {
  /** For what changes nothing: it is asked once more where that helps. */
  read<Value>(ask: (stub: LedgerStub) => Promise<Value>): Promise<Value>;
  change<Value>(ask: (stub: LedgerStub) => Promise<Value>): Promise<Value>;
}

export function allLedgers(env: Env, config: Config, callObject: CallObject): CalledLedger[] {
  return Array.from({ length: config.events.ledgers }, (_, index) => {
    const object = ledgerName(index);
    const stub = () => ledgerAt(env, config, index);
    return {
      read: (ask) => callObject({ object, isRepeatable: true, attempt: () => ask(stub()) }),
      change: (ask) => callObject({ object, isRepeatable: false, attempt: () => ask(stub()) }),
    };
  });
}
