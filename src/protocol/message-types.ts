/** Every message type of the wire, by name; what a payload holds is in `payloads/`. */
interface MessageTypeRow {
  readonly value: number;
  /** Who may send it. A client that sends a hub's type gets ERROR 400 (MT2). */
  readonly from: "client" | "hub" | "both";
  readonly signal: boolean;
  readonly doc: string;
}

export const MESSAGE_TYPES = {
  CONNECT: { value: 0x01, from: "client", signal: false, doc: "Asks for a session" },
  CONNECT_ACK: { value: 0x02, from: "hub", signal: false, doc: "The session has begun" },
  DISCONNECT: { value: 0x03, from: "client", signal: false, doc: "Ends the session" },
  HEARTBEAT: { value: 0x04, from: "client", signal: false, doc: "Keeps the session alive" },
  HEARTBEAT_ACK: { value: 0x05, from: "hub", signal: false, doc: "Answers a HEARTBEAT" },
  SIGNAL_OFFER: { value: 0x10, from: "both", signal: true, doc: "A WebRTC offer" },
  SIGNAL_ANSWER: { value: 0x11, from: "both", signal: true, doc: "A WebRTC answer" },
  SIGNAL_ICE_CANDIDATE: { value: 0x12, from: "both", signal: true, doc: "A WebRTC ICE candidate" },
  SIGNAL_ACK: { value: 0x13, from: "hub", signal: false, doc: "A signal was delivered" },
  ERROR: {
    value: 0xff,
    from: "hub",
    signal: false,
    doc: "Refuses a frame, or says why a close follows",
  },
} as const satisfies Record<string, MessageTypeRow>;

export type MessageTypeName = keyof typeof MESSAGE_TYPES;

/** Values that later versions use; nothing else may take them (MT3). */
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
