/** The two test clients of `npm start`, and which of them no other tab of this browser uses. */
import type { Identity } from "./tab-memory.ts";

export type TestClient = 1 | 2;

export function testIdentity(which: TestClient): Identity {
  return { clientId: `test_client_${which}`, token: `test_token_${which}` };
}

export function otherThan(which: TestClient): TestClient {
  return which === 1 ? 2 : 1;
}

/** Returns null if it is no test client's id. */
export function testClientOf(clientId: string): TestClient | null {
  if (clientId === testIdentity(1).clientId) return 1;
  return clientId === testIdentity(2).clientId ? 2 : null;
}

/** The test client of `?as=1` or `?as=2`, with which a tab joins by itself. */
export function parseAs(query: string): TestClient | null {
  const as = new URLSearchParams(query).get("as");
  return as === "1" ? 1 : as === "2" ? 2 : null;
}

/** Only a page on this machine offers the test clients, because a deployed hub refuses them. */
export function isThisMachine(hostname: string): boolean {
  return hostname === "localhost" || hostname === "[::1]" || hostname.startsWith("127.");
}

/** After a reload, the old page may hold its lock for a moment. */
const CLAIM_TIMEOUT_MS = 500;

/** Holds a client id for this tab. Returns a function that releases it, or null if another tab holds it. */
export function claim(clientId: string): Promise<(() => void) | null> {
  // Without locks no tab knows of another. The hub then keeps the last one that connects (SE1).
  if (!("locks" in navigator)) return Promise.resolve(() => {});
  return new Promise((resolve) => {
    const signal = AbortSignal.timeout(CLAIM_TIMEOUT_MS);
    navigator.locks
      .request(lockName(clientId), { signal }, () => new Promise<void>((done) => resolve(done)))
      .catch(() => resolve(null));
  });
}

/** The first test client that no tab holds, or 1 if tabs hold both. */
export async function freeTestClient(): Promise<TestClient> {
  if (!("locks" in navigator)) return 1;
  const { held = [] } = await navigator.locks.query();
  const isHeld = (which: TestClient) =>
    held.some(({ name }) => name === lockName(testIdentity(which).clientId));
  return isHeld(1) && !isHeld(2) ? 2 : 1;
}

function lockName(clientId: string): string {
  return `signal-manager-demo:${clientId}`;
}
