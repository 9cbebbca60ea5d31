/** What wrangler.toml binds: the hub, the platform's rate limiter, and the settings beside them. */
import type { Settings } from "../config/settings.ts";

export type Env = Cloudflare.Env;

/** The settings as the configuration reads them; bindings are among them and are ignored. */
export function settingsOf(env: Env): Settings {
  return { ...env };
}
