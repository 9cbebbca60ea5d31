/** What a tab keeps when it is reloaded: its identity and its call. No other tab sees it, and closing the tab deletes it. */
import { parseCallKind, type CallKind } from "./media.ts";

export interface Identity {
  readonly clientId: string;
  readonly token: string;
}

export interface Memory extends Identity {
  /** The call to return to, or null. */
  readonly call: { readonly target: string; readonly kind: CallKind } | null;
}

const KEY = "signal-manager-demo";

export function remember(memory: Memory): void {
  sessionStorage.setItem(KEY, JSON.stringify(memory));
}

export function forget(): void {
  sessionStorage.removeItem(KEY);
}

/** Returns null if there is nothing, or nothing valid. */
export function recall(): Memory | null {
  try {
    return parseMemory(JSON.parse(sessionStorage.getItem(KEY) ?? "null"));
  } catch {
    // A SyntaxError: something else wrote this item.
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

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}
