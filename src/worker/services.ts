/** What the Worker and the hub make of the configuration: parsed once an isolate, shared by every request. */
import { createAuthenticator, type Authenticate } from "../auth/authenticator.ts";
import { parseApiKey } from "../config/cross-checks.ts";
import type { Config } from "../config/keys.ts";
import { parseConfig } from "../config/parse-config.ts";
import type { HubSettings } from "../hub/ports.ts";
import { createLog, type Log, type LogSettings } from "../log/log.ts";
import { failed, success, type Result } from "../protocol/result.ts";
import { settingsOf, type Env } from "./env.ts";

export interface Services {
  readonly config: Config;
  readonly log: Log;
  readonly authenticate: Authenticate;
  readonly hubSettings: HubSettings;
}

/** Keyed by the platform's own object, which lives as long as the isolate that has these values. */
const servicesByEnv = new WeakMap<Env, Result<Services, readonly string[]>>();

/** The services, or the configuration's faults, which were logged once. */
export function servicesOf(env: Env): Result<Services, readonly string[]> {
  const known = servicesByEnv.get(env);
  if (known !== undefined) return known;
  const services = createServices(env);
  servicesByEnv.set(env, services);
  return services;
}

function createServices(env: Env): Result<Services, readonly string[]> {
  const config = parseConfig(settingsOf(env));
  if (!config.ok) {
    consoleLog({ level: "error", format: "json", consoleOutput: true })("config.invalid", {
      faults: config.failure,
    });
    return failed(config.failure);
  }
  const { server, auth, logging, limits } = config.value;
  return success({
    config: config.value,
    log: consoleLog({ ...logging, consoleOutput: logging.console_output }),
    authenticate: createAuthenticator({
      // The configuration was refused if a pair could not be parsed.
      apiKeys: auth.api_keys.map(parseApiKey).flatMap((key) => (key.ok ? [key.value] : [])),
      tokenSecret: auth.token_secret,
    }),
    hubSettings: {
      maxSessions: server.max_connections,
      heartbeatIntervalMs: server.heartbeat_interval * 1000,
      connectTimeoutMs: server.connect_timeout * 1000,
      maxMessageBytes: limits.max_message_size,
      framesPerSecond: limits.frames_per_second,
      frameBurst: limits.frame_burst,
      maxBatchBytes: limits.message_buffer_size,
    },
  });
}

function consoleLog(settings: LogSettings): Log {
  return createLog(settings, {
    now: () => Date.now(),
    write: (level, line) => console[level](line),
  });
}
