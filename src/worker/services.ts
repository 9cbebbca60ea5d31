/**
 * The bindings of the Worker, and the services made of its configuration. The configuration is parsed once per isolate, and every
 * request and object of the isolate shares the result.
 */
import { createAuthenticator, type Authenticate } from "../auth/authenticator.ts";
import type { Config } from "../config/keys.ts";
import { parseConfig } from "../config/parse-config.ts";
import type { HubSettings } from "../hub/ports.ts";
import { createLog, type Log, type LogSettings } from "../log/log.ts";
import { failed, success, type Result } from "../protocol/result.ts";

/** The bindings of wrangler.toml, and its settings beside them. */
export type Env = Cloudflare.Env;

export interface Services {
  readonly config: Config;
  readonly log: Log;
  readonly authenticate: Authenticate;
  readonly hubSettings: HubSettings;
}

/** What every Hono handler of the Worker finds in its context. */
export interface AppTypes {
  Bindings: Env;
  Variables: { services: Services };
}

/** The key is the platform's own object, which lives as long as the isolate. */
const servicesByEnv = new WeakMap<Env, Result<Services, readonly string[]>>();

/** The services, or the faults of the configuration. The faults are logged when they are first found, and not again. */
export function servicesOf(env: Env): Result<Services, readonly string[]> {
  const known = servicesByEnv.get(env);
  if (known !== undefined) return known;
  const services = createServices(env);
  servicesByEnv.set(env, services);
  return services;
}

function createServices(env: Env): Result<Services, readonly string[]> {
  // Bindings are among the settings; the configuration ignores them.
  const parsed = parseConfig({ ...env });
  if (!parsed.ok) {
    const log = consoleLog({ level: "error", format: "json", consoleOutput: true });
    log("config.invalid", { faults: parsed.failure });
    return failed(parsed.failure);
  }
  const config = parsed.value;
  const { auth, logging } = config;
  return success({
    config,
    log: consoleLog({ ...logging, consoleOutput: logging.console_output }),
    authenticate: createAuthenticator({ apiKeys: auth.api_keys, tokenSecret: auth.token_secret }),
    hubSettings: hubSettingsOf(config),
  });
}

function hubSettingsOf({ server, limits }: Config): HubSettings {
  return {
    maxSessions: server.max_connections,
    heartbeatIntervalMs: server.heartbeat_interval * 1000,
    minSilenceMs: server.min_silence * 1000,
    connectTimeoutMs: server.connect_timeout * 1000,
    maxMessageBytes: limits.max_message_size,
    framesPerSecond: limits.frames_per_second,
    frameBurst: limits.frame_burst,
    maxBatchBytes: limits.message_buffer_size,
  };
}

function consoleLog(settings: LogSettings): Log {
  return createLog(settings, {
    now: () => Date.now(),
    write: (level, line) => console[level](line),
  });
}
