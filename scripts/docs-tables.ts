/** Prints the tables of the code as the tables of the documents. */
import { OPERATIONS } from "../src/admin/operations/table.ts";
import { CLOCK_RULES } from "../src/client/connection/policy.ts";
import { SIGNAL_ERRORS } from "../src/client/errors.ts";
import { FLAT_KEYS, type FlatKey } from "../src/config/keys.ts";
import { METRIC_ROWS } from "../src/metrics/table.ts";
import { CLOSE_CODES, CLOSE_DOCS, type CloseName } from "../src/protocol/close-codes.ts";
import { ERROR_CODES, faultRow, FAULTS, type Fault } from "../src/protocol/errors.ts";
import { MESSAGE_TYPES } from "../src/protocol/messages/table.ts";
import { OBJECT_ERRORS } from "../src/worker/object-errors.ts";
import { PAYLOAD_TYPES } from "../src/protocol/encodings/payload-types.ts";
import { fillParts, markdownTable, type Rows } from "./markdown.ts";

type Tables = Readonly<Record<string, () => Rows>>;

const TABLES: Tables = {
  "payload types": () => [
    ["value", "name", "supported"],
    ...Object.entries(PAYLOAD_TYPES).map(([name, row]) => [
      hex(row.value),
      name,
      row.isSupported ? "yes" : "not yet",
    ]),
  ],
  "message types": () => [
    ["value", "name", "sent by", "meaning"],
    ...Object.entries(MESSAGE_TYPES).map(([name, row]) => [
      hex(row.value),
      name,
      row.from === "both" ? "client, and the hub to its target" : row.from,
      row.doc,
    ]),
  ],
  "error codes": () => [
    ["code", "name", "when"],
    ...Object.entries(ERROR_CODES).map(([code, row]) => [code, row.name, row.doc]),
  ],
  faults: () => [
    ["fault", "code", "error_message", "then", "rule"],
    ...Object.keys(FAULTS).map((fault) => {
      // Object.keys widens to string; these are the table's own.
      const row = faultRow(fault as Fault);
      const then = row.close === undefined ? "kept" : `close ${CLOSE_CODES[row.close].code}`;
      return [`\`${fault}\``, String(row.code), row.text, then, row.rule];
    }),
  ],
  "close codes": () => [
    ["code", "name", "connect again", "when"],
    ...Object.entries(CLOSE_CODES).map(([name, row]) => [
      String(row.code),
      name,
      row.reconnect,
      // Object.entries widens to string; these are the table's own.
      CLOSE_DOCS[name as CloseName],
    ]),
  ],
  keys: () => [
    ["key", "default", "meaning"],
    ...FLAT_KEYS.map((row) => [`\`${row.section}.${row.key}\``, defaultOf(row), row.doc]),
  ],
  "admin operations": () => [
    ["request", "what it does"],
    ...Object.values(OPERATIONS).map(({ method, path, summary }) => [
      `\`${method} /admin${path}\``,
      summary,
    ]),
  ],
  metrics: () => [
    ["metric", "type", "label", "meaning"],
    ...METRIC_ROWS.map(([name, { type, label, help }]) => [
      `\`${name}\``,
      type,
      label === undefined ? "" : `\`${label.name}\``,
      help,
    ]),
  ],
  "metric labels": () => [
    ["metric", "label", "values"],
    ...METRIC_ROWS.flatMap(([name, { label }]) =>
      label === undefined
        ? []
        : [
            [
              `\`${name}\``,
              `\`${label.name}\``,
              label.values === null ? "any" : listed(label.values),
            ],
          ],
    ),
  ],
  "metric buckets": () => [
    ["histogram", "upper bounds"],
    ...METRIC_ROWS.flatMap(([name, { buckets }]) =>
      buckets === undefined ? [] : [[`\`${name}\``, listed(buckets)]],
    ),
  ],
  "object errors": () => [
    ["reason", "the platform says", "this means", "what happens"],
    ...Object.entries(OBJECT_ERRORS).map(([reason, row]) => [
      `\`${reason}\``,
      row.told,
      row.meaning,
      [
        ...(row.isRepeated ? ["An upgrade or a look-up is tried once more."] : []),
        row.retryAfterSeconds === null
          ? "HTTP 500."
          : `HTTP 503, \`Retry-After: ${row.retryAfterSeconds}\`.`,
      ].join(" "),
    ]),
  ],
  "client errors": () => [
    ["code", "retryable", "means"],
    ...Object.entries(SIGNAL_ERRORS).map(([code, row]) => [
      `\`${code}\``,
      row.retryable ? "yes" : "no",
      row.text,
    ]),
  ],
  "client clocks": () => [["when", "the client"], ...Object.values(CLOCK_RULES)],
};

/** The document with every `<!-- table: NAME -->` … `<!-- end -->` printed anew from the code. */
export function fillTables(document: string): string {
  return fillMarks(document, TABLES);
}

/** Does what `fillTables` does, with the caller's tables. */
export function fillMarks(document: string, tables: Tables): string {
  const parts = Object.entries(tables).map(([name, rows]) => [name, () => markdownTable(rows())]);
  return fillParts(document, "table", Object.fromEntries(parts));
}

function listed(values: readonly (string | number)[]): string {
  return values.map((value) => `\`${value}\``).join(" ");
}

function hex(value: number): string {
  return `0x${value.toString(16).toUpperCase().padStart(2, "0")}`;
}

function defaultOf(row: FlatKey): string {
  return row.default === "" ? "empty" : `\`${JSON.stringify(row.default)}\``;
}
