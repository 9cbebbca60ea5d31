/** Extensions that a client may ask for in CONNECT (CO4). One row each; the hub grants what stands here. */
export const CAPABILITIES = {
  ack: "every signal that is delivered is answered by SIGNAL_ACK (SI10)",
  batch: "frames for this client may leave several in one message (BA1)",
} as const satisfies Record<string, string>;

export type Capability = keyof typeof CAPABILITIES;

/** Those asked for that the hub grants, each once, in the order asked. */
export function grantCapabilities(asked: readonly string[]): Capability[] {
  return [...new Set(asked)].filter(isCapability);
}

function isCapability(name: string): name is Capability {
  return Object.hasOwn(CAPABILITIES, name);
}
