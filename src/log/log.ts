/** Structured log lines: their names, levels and format. The caller's `write` decides where they go. */

export const LEVELS = ["error", "warn", "info", "debug"] as const;
export type Level = (typeof LEVELS)[number];

/**
 * The name and level of every line. Lines that clients can cause without limit have the level `debug`, which the default
 * configuration does not write.
 */
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
  "call.failed": "warn",
  "deliver.failed": "warn",
  "report.failed": "warn",
  "ledger.failed": "error",
  "event.emitted": "info",
  "event.dropped": "error",
  "publish.done": "debug",
  "publish.retried": "warn",
  "publish.blocked": "error",
  "publish.split": "warn",
  "publish.parked": "error",
} as const satisfies Record<string, Level>;

export type LogEvent = keyof typeof LOG_EVENTS;

/** Plain values only: ids, codes, counts, and sentences of our own. Never a token, and never the content of a signal. */
export type LogFields = Readonly<
  Record<string, string | number | boolean | readonly string[] | null>
>;

export type Log = (event: LogEvent, fields: LogFields) => void;

export interface LogSettings {
  /** Lines of this level, and of every more important one, are written. */
  readonly level: Level;
  readonly format: "json" | "text";
  /** False: nothing is written, whatever the level. */
  readonly consoleOutput: boolean;
}

export interface LogPorts {
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly write: (level: Level, line: string) => void;
}

export function createLog(settings: LogSettings, ports: LogPorts): Log {
  const lastLevel = settings.consoleOutput ? LEVELS.indexOf(settings.level) : -1;
  return (event, fields) => {
    const level = LOG_EVENTS[event];
    if (LEVELS.indexOf(level) > lastLevel) return;
    const time = new Date(ports.now()).toISOString();
    const line = { time, level, event, ...fields };
    ports.write(level, settings.format === "json" ? quote(line) : toText(line));
  };
}

/** `2026-11-23T06:00:00.000Z info session.begun client_id="a"`. Values are quoted as JSON, so that none can forge a line. */
function toText({ time, level, event, ...fields }: LogFields): string {
  const pairs = Object.entries(fields).map(([name, value]) => `${name}=${quote(value)}`);
  return [time, level, event, ...pairs].join(" ");
}

/**
 * JSON that also escapes line separators and the marks that reverse the direction of text. A client id may hold both, JSON
 * leaves them alone, and a terminal obeys them. They occur only inside strings, where the escape means the same character.
 */
function quote(value: unknown): string {
  return JSON.stringify(value).replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, (character) =>
    Array.from({ length: character.length }, (_, at) => {
      const unit = character.charCodeAt(at).toString(16);
      return `\\u${unit.padStart(4, "0")}`;
    }).join(""),
  );
}

/** Name and message, without the stack. The messages of our own exceptions quote no frame (ER4). */
export function describeError(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : "not an Error";
}

/**
 * The path of a URL, and which of the known parameters its query has (UP2). Other names become `…`: in `/?TOKEN` the token
 * itself is a name.
 */
export function redactUrl(url: string, knownParameters: ReadonlySet<string>): string {
  const { pathname, searchParams } = new URL(url);
  const names = Array.from(searchParams.keys(), (name) =>
    knownParameters.has(name) ? `${name}=…` : "…",
  );
  return names.length === 0 ? pathname : `${pathname}?${[...new Set(names)].join("&")}`;
}
