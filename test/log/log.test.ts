/** Log lines: levels, formats, and what others can make of them. */
import { describe, expect, expectTypeOf, it } from "vitest";
import {
  createLog,
  describeError,
  LEVELS,
  LOG_EVENTS,
  type Level,
  type Log,
  type LogEvent,
  type LogFields,
  type LogSettings,
} from "../../src/log/log.ts";

const AT = "2026-11-23T06:00:00.000Z";

/** The lines that `say` writes. The clock stands still. */
function written(settings: Partial<LogSettings>, say: (log: Log) => void): [Level, string][] {
  const lines: [Level, string][] = [];
  const ports = {
    now: () => Date.parse(AT),
    write: (level: Level, line: string) => void lines.push([level, line]),
  };
  say(createLog({ level: "debug", format: "json", consoleOutput: true, ...settings }, ports));
  return lines;
}

const sayEverything = (log: Log): void => {
  for (const event of Object.keys(LOG_EVENTS) as LogEvent[]) log(event, {});
};

describe("the configured level", () => {
  it.each<[Level, Level[]]>([
    ["error", ["error"]],
    ["warn", ["error", "warn"]],
    ["info", ["error", "warn", "info"]],
    ["debug", ["error", "warn", "info", "debug"]],
  ])("%s writes the lines of these levels: %j", (level, expected) => {
    const levels = new Set(written({ level }, sayEverything).map(([each]) => each));
    expect([...levels].toSorted(byLevel)).toEqual(expected.toSorted(byLevel));
  });

  it("is compared with the level that the table gives to each event", () => {
    const lines = written({}, sayEverything).map(([level, line]) => [eventOf(line), level]);
    expect(Object.fromEntries(lines)).toEqual(LOG_EVENTS);
  });

  it("writes these lines by default: the only ones that a client can cause without limit are refused upgrades, sessions and their events", () => {
    const byDefault = written({ level: "info" }, sayEverything).map(([, line]) => eventOf(line));
    expect(byDefault).toEqual([
      "config.invalid",
      "worker.failed",
      "hub.failed",
      "upgrade.refused",
      "session.begun",
      "session.ended",
      "admin.acted",
      "admin.refused",
      "admin.failed",
      "call.failed",
      "deliver.failed",
      "report.failed",
      "ledger.failed",
      "event.emitted",
      "event.dropped",
      "publish.retried",
      "publish.blocked",
      "publish.split",
      "publish.parked",
    ]);
  });
});

function byLevel(a: Level, b: Level): number {
  return LEVELS.indexOf(a) - LEVELS.indexOf(b);
}

function eventOf(line: string): unknown {
  const { event }: { event: unknown } = JSON.parse(line);
  return event;
}

describe("console_output", () => {
  it.each(LEVELS)("false writes nothing, not even at level %s", (level) => {
    expect(written({ level, consoleOutput: false }, sayEverything)).toEqual([]);
  });
});

describe("the format", () => {
  const fields: LogFields = {
    client_id: "alice",
    count: 7,
    ok: true,
    nothing: null,
    faults: ["a", "b"],
  };

  it("json writes each line as one object: time, level, event, and then the fields", () => {
    const [[level, line] = []] = written({}, (log) => log("session.begun", fields));
    expect(level).toBe("info");
    expect(line).toBe(
      `{"time":"${AT}","level":"info","event":"session.begun","client_id":"alice","count":7,"ok":true,"nothing":null,"faults":["a","b"]}`,
    );
  });

  it("text writes a readable line with the values as JSON", () => {
    const [[, line] = []] = written({ format: "text" }, (log) => log("session.begun", fields));
    expect(line).toBe(
      `${AT} info session.begun client_id="alice" count=7 ok=true nothing=null faults=["a","b"]`,
    );
  });

  it("text ends a line without fields behind the event", () => {
    const [[, line] = []] = written({ format: "text" }, (log) => log("publish.done", {}));
    expect(line).toBe(`${AT} debug publish.done`);
  });
});

describe("a value that somebody else has chosen", () => {
  const forged = [
    ["a line feed", `a\n${AT} info session.begun client_id="b"`],
    ["a carriage return", "a\rb"],
    ["a quote", 'a" count=7 x="'],
    ["a backslash before the quote", 'a\\" count=7'],
    ["an escape of the terminal", "a\u001b[2Jb"],
    ["a tag beyond the BMP", "a\u{e0041}b"],
    ["a C1 control sequence", "a\u009b2Jb"],
    ["a next line", "a\u0085b"],
    ["a line separator", "a\u2028b"],
    ["a paragraph separator", "a\u2029b"],
    ["text from right to left", "a\u202egnp.exe"],
    ["a zero-width space", "a\u200bb"],
    ["an isolate that is not closed", "a\u2066b"],
  ] as const;

  /** Characters that a screen obeys instead of showing them. */
  const UNSEEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u;

  it.each(forged)("forges neither a line nor a field in text, with %s", (_, id) => {
    const lines = written({ format: "text" }, (log) => log("session.begun", { client_id: id }));
    expect(lines).toHaveLength(1);
    const [[, line] = []] = lines;
    const [, quoted = ""] = /^\S+ info session\.begun client_id=(".*")$/.exec(line ?? "") ?? [];
    // The value is one JSON string, and it decodes to the same characters.
    expect(JSON.parse(quoted)).toBe(id);
    expect(line).not.toMatch(UNSEEN);
  });

  it.each(forged)("stays one field in json, with %s", (_, id) => {
    const [[, line] = []] = written({}, (log) => log("session.begun", { client_id: id }));
    expect(JSON.parse(line ?? "")).toEqual({
      time: AT,
      level: "info",
      event: "session.begun",
      client_id: id,
    });
    expect(line).not.toMatch(UNSEEN);
  });
});

describe("an error", () => {
  it("[ER4] is described by its name and message, without its stack and cause", () => {
    const error = new RangeError("too deep", { cause: new Error("a cause") });
    expect(describeError(error)).toBe("RangeError: too deep");
  });

  it.each([["a text"], [{ message: "s3cr3t" }], [null], [undefined], [7]])(
    "[ER4] is not quoted where the thrown value %j is not an Error",
    (thrown) => {
      expect(describeError(thrown)).toBe("not an Error");
    },
  );
});

it("The fields of a line are plain values only", () => {
  expectTypeOf<LogFields>().not.toExtend<Record<string, Uint8Array>>();
  expectTypeOf<{ payload: Uint8Array }>().not.toExtend<LogFields>();
  expectTypeOf<{ error: Error }>().not.toExtend<LogFields>();
  expectTypeOf<{ id: string; n: number; none: null }>().toExtend<LogFields>();
});
