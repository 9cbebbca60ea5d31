/** Both versions of the service on bare workerd: today's bundle and that of the baseline commit. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import {
  baselineBundle,
  baselineSource,
  todaysBundle,
  type Bundle,
} from "../../../bench/bundles.ts";
import { startWorkerd, type Workerd } from "../../../bench/workerd.ts";
import type { WorkerdService } from "../../../bench/workerd-config.ts";
import { PUBLIC_TOKEN_SECRET } from "../../../src/config/cross-checks.ts";
import { hubNameOf } from "../../../src/hub/placement.ts";
import { clientId } from "../../support/client-ids.ts";
import type { FakePubsubServer } from "../../support/pubsub-fake-server.ts";
import type { Scraped } from "../../support/scrape.ts";

export const VERSIONS = ["baseline", "today"] as const;

export type Version = (typeof VERSIONS)[number];

export const TOPIC = "signal-events";

export const ADMIN_TOKEN = "an-admin-token-of-these-tests";

export const HUBS = 3;

/** A hub's alarm fires this long after a client connects, even in the next process. */
const CONNECT_TIMEOUT_SECONDS = 2;

let unavailable: string | null | undefined;

/** Why the baseline cannot be had, as in a shallow clone; null: it can. Says so loudly, once. */
export function whyNoBaseline(): string | null {
  if (unavailable !== undefined) return unavailable;
  try {
    baselineSource();
    unavailable = null;
  } catch (error) {
    unavailable = error instanceof Error ? error.message : String(error);
    process.stderr.write(`\nSKIPPED: two versions at once. ${unavailable}\n\n`);
  }
  return unavailable;
}

export function bundleOf(version: Version): Promise<Bundle> {
  return version === "today" ? todaysBundle() : baselineBundle();
}

/** The service's configuration, the same for both versions: its keys never change. */
export function varsFor(pubsub: FakePubsubServer): Record<string, unknown> {
  return {
    server: { development: true, connect_timeout: CONNECT_TIMEOUT_SECONDS },
    auth: { token_secret: PUBLIC_TOKEN_SECRET },
    admin: { token: ADMIN_TOKEN },
    routing: { hubs: HUBS },
    events: {
      sinks: ["log", "pubsub"],
      pubsub_endpoint: pubsub.endpoint,
      pubsub_project: pubsub.project,
      pubsub_topic: TOPIC,
    },
  };
}

export async function serviceOf(
  version: Version,
  own: Pick<WorkerdService, "name"> & Partial<WorkerdService>,
): Promise<WorkerdService> {
  const { path, compatibilityDate } = await bundleOf(version);
  const objects = { HUB: "HubObject", LEDGER: "LedgerObject" };
  return { modules: { "worker.js": path }, compatibilityDate, objects, ...own };
}

/** A folder for the databases of the objects, until the test has finished. */
export function storageFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "signal-manager-versions-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** One workerd process with these Workers. `onLine` gets what they log. */
export async function run(
  services: readonly WorkerdService[],
  storage: string,
  onLine: (line: string) => void,
): Promise<Workerd> {
  const configPath = join(storage, "workerd.capnp");
  const workerd = await startWorkerd(services, { configPath, storage, onLine });
  onTestFinished(() => workerd.end("SIGKILL"));
  return workerd;
}

/** A request to the admin API, or to another path of the Worker. */
export async function ask(
  url: string,
  method: "GET" | "POST" | "DELETE",
  path: string,
  body?: object,
): Promise<{ readonly status: number; readonly text: string }> {
  const response = await fetch(new URL(path, url.replace(/^ws/, "http")), {
    method,
    headers: {
      authorization: `Bearer ${ADMIN_TOKEN}`,
      ...(body && { "content-type": "application/json" }),
    },
    ...(body && { body: JSON.stringify(body) }),
  });
  return { status: response.status, text: await response.text() };
}

/** `/metrics`, series by series. @throws if the service does not answer with 200. */
export async function scrape(url: string): Promise<Scraped> {
  const { status, text } = await ask(url, "GET", "/metrics");
  if (status !== 200) throw new Error(`/metrics answered ${status}: ${text}`);
  return new Map(
    Array.from(text.matchAll(/^(signal_manager_\S+) (\S+)$/gm), ([, series = "", value]) => [
      series,
      Number(value),
    ]),
  );
}

/** The first client id with this prefix that lives in the hub of this name. */
export function idIn(hub: string, prefix: string): string {
  for (let number = 1; ; number += 1) {
    const id = `${prefix}_${number}`;
    if (hubNameOf(clientId(id), HUBS) === hub) return id;
  }
}
