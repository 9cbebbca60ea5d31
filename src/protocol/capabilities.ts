/** Extensions that a client may ask for in CONNECT and that this version grants (CO4). None yet. */
const CAPABILITIES: ReadonlySet<string> = new Set();

/** Those asked for that the hub grants, each once, in the order asked. */
export function grantCapabilities(asked: readonly string[]): string[] {
  return [...new Set(asked)].filter((name) => CAPABILITIES.has(name));
}
