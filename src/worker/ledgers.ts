/** Stubs of Ledgers: the one that a hub reports to, and all of them for readers. */
import type { Config } from "../config/keys.ts";
import { encodeReport, readAck, type Ack, type HubReport } from "../ledger/contract.ts";
import { fnv1a } from "../protocol/fnv1a.ts";
import { inJurisdiction, placementOptions } from "./hubs.ts";
import type { LedgerObject } from "./ledger-object.ts";
import type { Env } from "./services.ts";

type LedgerStub = DurableObjectStub<LedgerObject>;

/** Sends a report to the hub's Ledger. Rejects if the Ledger cannot be reached, or did not store it. */
export async function sendReport(env: Env, config: Config, report: HubReport): Promise<Ack> {
  return readAck(await ledgerOf(env, config, report.hub).report(encodeReport(report)));
}

/** A new stub for each call, since a stub that has failed once fails for ever. */
export function ledgerOf(env: Env, config: Config, hub: string): LedgerStub {
  return ledgerAt(env, config, fnv1a(hub) % config.events.ledgers);
}

export function allLedgers(env: Env, config: Config): LedgerStub[] {
  const { ledgers } = config.events;
  return Array.from({ length: ledgers }, (_, index) => ledgerAt(env, config, index));
}

function ledgerAt(env: Env, config: Config, index: number): LedgerStub {
  const name = `ledger-${index}`;
  return inJurisdiction(env.LEDGER, config).getByName(name, placementOptions(config));
}
