/** What wrangler.toml binds: the hub, the platform's rate limiter, and the settings beside them. */
import type { Settings } from "../config/parse-config.ts";
import type { HubObject } from "./hub-object.ts";

export interface Env {
  readonly HUB: DurableObjectNamespace<HubObject>;
  /** Absent where the runtime offers none: then attempts are not limited by address. */
  readonly UPGRADES?: RateLimit;
}

/** The settings as the configuration reads them; bindings are among them and are ignored. */
export function settingsOf(env: Env): Settings {
  return { ...env };
}
