/** The extensions that a client may ask for in CONNECT (CO4). The hub grants those that have a row here. */
export const CAPABILITIES = {
  ack: "SIGNAL_ACK answers every signal that is delivered (SI10)",
  batch: "several frames for this client may leave in one message (BA1)",
} as const satisfies Record<string, string>;

export type Capability = keyof typeof CAPABILITIES;

// For the client, which asks for them and does not need the table.
export const ACK: Capability = "ack";
export const BATCH: Capability = "batch";

/** The known ones among those asked for, each once, in the order asked. */
export function grantCapabilities(asked: readonly string[]): Capability[] {
  return [...new Set(asked)].filter(isCapability);
}

function isCapability(name: string): name is Capability {
  return Object.hasOwn(CAPABILITIES, name);
}
