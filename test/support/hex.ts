/** Bytes as lower-case hex and back, by Node's own Buffer: independent of `src/protocol`. */

export function toHex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("hex");
}

/** @throws if the text is not whole bytes of hex: Buffer would drop the rest in silence. */
export function fromHex(hex: string): Uint8Array {
  if (!/^([0-9a-f]{2})*$/.test(hex)) throw new Error(`not lower-case hex: ${hex}`);
  return Uint8Array.from(Buffer.from(hex, "hex"));
}
