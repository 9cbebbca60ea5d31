/** Stubs of Ledgers, and the reports that hubs and the Worker send to theirs. */
import type { Config } from "../config/keys.ts";
import { encodeReport, readAck, type Ack, type HubReport } from "../ledger/contract.ts";
import type { HubStats } from "../ledger/hub-stats.ts";
import { describeError, type Log } from "../log/log.ts";
import { fnv1a } from "../protocol/fnv1a.ts";
import { inJurisdiction, placementOptions } from "./hubs.ts";
import type { LedgerObject } from "./ledger-object.ts";
import { failureOf } from "./object-errors.ts";
import type { Env } from "./services.ts";

export type LedgerStub = DurableObjectStub<LedgerObject>;

/** Sends a report to the hub's Ledger. Rejects if the Ledger cannot be reached, or did not store it. */
export async function sendReport(env: Env, config: Config, report: HubReport): Promise<Ack> {
  return readAck(await ledgerOf(env, config, report.hub).report(encodeReport(report)));
}

/** Logs and counts a report that its Ledger did not take. The reporter makes it again. */
export function reportFailed(log: Log, stats: HubStats, hub: string, error: unknown): void {
  const failure = failureOf(error);
  stats.callFailed(failure);
  log("report.failed", { hub, failure, error: describeError(error) });
}

/** A new stub for each call, since a stub that has failed once fails for ever. */
export function ledgerOf(env: Env, config: Config, hub: string): LedgerStub {
  return ledgerAt(env, config, fnv1a(hub) % config.events.ledgers);
}

/** By its number, from 0. A new stub for each call, as above. */
export function ledgerAt(env: Env, config: Config, index: number): LedgerStub {
  return inJurisdiction(env.LEDGER, config).getByName(ledgerName(index), placementOptions(config));
}

export function ledgerName(index: number): string {
  return `ledger-${index}`;
}
