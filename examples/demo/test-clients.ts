/** The two test credentials of `npm start`, and which of them no other tab of this browser has taken. */
import type { Identity } from "./tab-memory.ts";

export type TestClient = 1 | 2;

export function testIdentity(which: TestClient): Identity {
  return { clientId: `test_client_${which}`, token: `test_token_${which}` };
}

export function otherThan(which: TestClient): TestClient {
  return which === 1 ? 2 : 1;
}

/** null: the id of somebody else. */
export function testClientOf(clientId: string): TestClient | null {
  if (clientId === testIdentity(1).clientId) return 1;
  return clientId === testIdentity(2).clientId ? 2 : null;
}

/** What `?as=1` or `?as=2` asks for: a tab that joins by itself. */
export function parseAs(query: string): TestClient | null {
  const as = new URLSearchParams(query).get("as");
  return as === "1" ? 1 : as === "2" ? 2 : null;
}

/** A deployed hub refuses the test credentials, so only a page of this machine offers them. */
export function isThisMachine(hostname: string): boolean {
  return hostname === "localhost" || hostname === "[::1]" || hostname.startsWith("127.");
}

/** A reload's own last page may hold it for a moment still. */
const CLAIM_TIMEOUT_MS = 500;

/** Holds an id for this tab until it is released, or the tab goes. null: another tab holds it. */
export function claim(clientId: string): Promise<(() => void) | null> {
  // Where there are no locks no tab knows of another, and the hub decides: the last one stays (SE1).
  if (!("locks" in navigator)) return Promise.resolve(() => {});
  return new Promise((resolve) => {
    const signal = AbortSignal.timeout(CLAIM_TIMEOUT_MS);
    navigator.locks
      .request(lockName(clientId), { signal }, () => new Promise<void>((done) => resolve(done)))
      .catch(() => resolve(null));
  });
}

/** The first test client that no tab holds; 1 where both are taken. */
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
