/** Structured log lines: what is written, and how. Where to is the caller's `write`. */

export const LEVELS = ["error", "warn", "info", "debug"] as const;
export type Level = (typeof LEVELS)[number];

/** Every line that is ever written, by name. A client can cause the `debug` ones at will: they are off by default. */
export const LOG_EVENTS = {
  "config.invalid": "error",
  "worker.failed": "error",
  "hub.failed": "error",
  "upgrade.refused": "info",
  "upgrade.accepted": "debug",
  "session.begun": "info",
  "session.ended": "info",
  "frame.refused": "debug",
  "admin.acted": "info",
  "admin.refused": "warn",
  "admin.failed": "error",
  "deliver.failed": "warn",
  "report.failed": "warn",
  "ledger.failed": "error",
  "event.emitted": "info",
  "event.dropped": "error",
  "publish.done": "debug",
  "publish.retried": "warn",
  "publish.split": "warn",
  "publish.parked": "error",
} as const satisfies Record<string, Level>;

export type LogEvent = keyof typeof LOG_EVENTS;

/** Plain values only: ids, codes, counts, sentences of our own. Never a token, never a signal's content. */
export type LogFields = Readonly<
  Record<string, string | number | boolean | readonly string[] | null>
>;

export type Log = (event: LogEvent, fields: LogFields) => void;

export interface LogSettings {
  readonly level: Level;
  readonly format: "json" | "text";
  readonly consoleOutput: boolean;
}

export interface LogPorts {
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly write: (level: Level, line: string) => void;
}

export function createLog(settings: LogSettings, ports: LogPorts): Log {
  const least = settings.consoleOutput ? LEVELS.indexOf(settings.level) : -1;
  return (event, fields) => {
    const level = LOG_EVENTS[event];
    if (LEVELS.indexOf(level) > least) return;
    const time = new Date(ports.now()).toISOString();
    const line = { time, level, event, ...fields };
    ports.write(level, settings.format === "json" ? quote(line) : toText(line));
  };
}

/** `2026-11-23T06:00:00.000Z info session.begun client_id="a"`: values quoted as JSON, so that none can fake a line. */
function toText({ time, level, event, ...fields }: LogFields): string {
  const pairs = Object.entries(fields).map(([name, value]) => `${name}=${quote(value)}`);
  return [time, level, event, ...pairs].join(" ");
}

/**
 * JSON, with an escape for what it leaves alone and a reader's screen does not: a client id may hold line separators, and
 * marks that turn the rest of the line around. They can only stand in its strings, where the escape means the same.
 */
function quote(value: unknown): string {
  return JSON.stringify(value).replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, (character) =>
    Array.from({ length: character.length }, (_, at) => {
      const unit = character.charCodeAt(at).toString(16);
      return `\\u${unit.padStart(4, "0")}`;
    }).join(""),
  );
}

/** The fields that an upgrade's query may have (UP2). */
const QUERY_NAMES: ReadonlySet<string> = new Set(["client_id", "access_token"]);

/** The path, and which fields the query has. A name that is not ours is not shown: `/?TOKEN` makes a name of a token. */
export function redactUrl(url: string): string {
  const { pathname, searchParams } = new URL(url);
  const names = Array.from(searchParams.keys(), (name) =>
    QUERY_NAMES.has(name) ? `${name}=…` : "…",
  );
  return names.length === 0 ? pathname : `${pathname}?${[...new Set(names)].join("&")}`;
}
