/**
 * The port for the cryptography of signed tokens: bytes in, bytes out. `jwt.ts` decides what a token's claims must
 * say. `jose-crypto.ts` implements the port on WebCrypto, for the service; `deterministic-crypto.ts` implements it
 * without cryptography, for simulations. Both pass the same contract suite.
 */
export interface TokenCrypto {
  /** A compact token, `header.payload.signature`, of characters that a WebSocket subprotocol may have (UP2). */
  sign(payload: Uint8Array, secret: string): Promise<string>;
  /** The payload if this secret has signed the token; null for every other text. MUST NOT reject. */
  verify(token: string, secret: string): Promise<Uint8Array | null>;
}
