/** Every message type of the wire, by name. Each row stands in the file of its message; a new message adds its rows here. */
import { CONNECT_ROWS } from "./connect.ts";
import { DISCONNECT_ROWS } from "./disconnect.ts";
import { ERROR_ROWS } from "./error.ts";
import { HEARTBEAT_ROWS } from "./heartbeat.ts";
import { SIGNAL_ROWS } from "./signal.ts";

interface MessageTypeRow {
  readonly value: number;
  /** Who may send it. A client that sends a type of the hub's gets ERROR 400 (MT2). */
  readonly from: "client" | "hub" | "both";
  /** Whether the hub hands it on to a target, stamped with its source (SI1). */
  readonly signal: boolean;
  readonly doc: string;
}

export const MESSAGE_TYPES = {
  ...CONNECT_ROWS,
  ...DISCONNECT_ROWS,
  ...HEARTBEAT_ROWS,
  ...SIGNAL_ROWS,
  ...ERROR_ROWS,
} as const satisfies Record<string, MessageTypeRow>;

export type MessageTypeName = keyof typeof MESSAGE_TYPES;

/** Values that later versions of the protocol use. No other message may take them (MT3). */
export const RESERVED_MESSAGE_TYPES = [
  { first: 0x20, last: 0x23, doc: "REGISTER and UNREGISTER" },
  { first: 0x30, last: 0x35, doc: "rooms" },
  { first: 0x40, last: 0x4f, doc: "presence" },
  { first: 0x50, last: 0x50, doc: "GOAWAY" },
] as const;

const NAME_BY_VALUE: ReadonlyMap<number, MessageTypeName> = new Map(
  // Object.entries widens the keys to string; they are the table's own.
  (Object.entries(MESSAGE_TYPES) as [MessageTypeName, MessageTypeRow][]).map(([name, row]) => [
    row.value,
    name,
  ]),
);

/** The type's name, or undefined for a value that this version does not know. */
export function messageTypeName(value: number): MessageTypeName | undefined {
  return NAME_BY_VALUE.get(value);
}
