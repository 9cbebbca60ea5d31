/** What a tab keeps through a reload: who it is, and the call it is in. It goes with the tab, and other tabs do not see it. */
import { isObject } from "../../src/protocol/json.ts";
import { parseCallKind, type CallKind } from "./media.ts";

export interface Identity {
  readonly clientId: string;
  readonly token: string;
}

export interface Memory extends Identity {
  /** The call to go back to; null: none. */
  readonly call: { readonly target: string; readonly kind: CallKind } | null;
}

const KEY = "signal-manager-demo";

export function remember(memory: Memory): void {
  sessionStorage.setItem(KEY, JSON.stringify(memory));
}

export function forget(): void {
  sessionStorage.removeItem(KEY);
}

/** null: nothing, or nothing that can be read. */
export function recall(): Memory | null {
  try {
    return parseMemory(JSON.parse(sessionStorage.getItem(KEY) ?? "null"));
  } catch {
    // SyntaxError: somebody else wrote there.
    return null;
  }
}

function parseMemory(value: unknown): Memory | null {
  if (!isObject(value)) return null;
  const { clientId, token, call } = value;
  if (typeof clientId !== "string" || typeof token !== "string") return null;
  const target = isObject(call) ? call["target"] : undefined;
  const kind = isObject(call) ? parseCallKind(call["kind"]) : null;
  const isCall = typeof target === "string" && kind !== null;
  return { clientId, token, call: isCall ? { target, kind } : null };
}
