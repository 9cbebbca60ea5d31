/**
 * The kinds of configured values. A kind takes a value as wrangler.toml has it, or the text of a variable, and makes the final
 * value of it: nothing parses it a second time.
 */
import { parseApiKey, type ApiKey } from "../auth/verifiers/api-keys.ts";
import {
  parseServiceAccount,
  type ServiceAccount,
} from "../events/sinks/pubsub/service-account.ts";
import type { Hubs } from "../hub/placement.ts";
import { isReserved } from "../protocol/client-id.ts";
import { parseJson } from "../protocol/json.ts";

/** What is wrong with a value, as the rest of a sentence that begins with the key's name. It MUST NOT repeat the value. */
export interface KindFault {
  readonly text: string;
  /** The place of the wrong item in a list. */
  readonly index?: number;
}

/** What a kind makes of a value. */
export interface Parsed<Value> {
  /** The value, or beside faults the part of it that is in order; undefined: no part is. */
  readonly value: Value | undefined;
  readonly faults: readonly KindFault[];
}

/** Parses a value as wrangler.toml or a variable has it. */
export type Kind<Value> = (raw: unknown) => Parsed<Value>;

export function integer(min: number, max: number): Kind<number> {
  return (raw) => {
    const value = typeof raw === "string" && /^-?\d+$/.test(raw) ? Number(raw) : raw;
    return isInteger(value, min, max)
      ? parsed(value)
      : faulty(`must be a whole number from ${min} to ${max}`);
  };
}

export function flag(): Kind<boolean> {
  return (raw) => {
    if (typeof raw === "boolean") return parsed(raw);
    return raw === "true" || raw === "false"
      ? parsed(raw === "true")
      : faulty("must be true or false");
  };
}

/** One text. What is written like a list or a table is meant as one, and would otherwise count as one long text. */
export function text(): Kind<string> {
  return (raw) => {
    if (typeof raw !== "string") return faulty("must be a string");
    return isBracketed(raw) ? faulty("must be one string, and not a list or a table") : parsed(raw);
  };
}

export function choice<const Value extends string>(values: readonly Value[]): Kind<Value> {
  return (raw) => {
    const value = values.find((each) => each === raw);
    return value === undefined ? faulty(`must be one of ${values.join(", ")}`) : parsed(value);
  };
}

/** `routing.hubs`. */
export function hubs(max: number): Kind<Hubs> {
  return (raw) => {
    if (raw === "per-client") return parsed(raw);
    const value = typeof raw === "string" && /^\d+$/.test(raw) ? Number(raw) : raw;
    return isInteger(value, 1, max)
      ? parsed(value)
      : faulty(`must be a whole number from 1 to ${max}, or "per-client"`);
  };
}

/** A list: an array in wrangler.toml; in a variable a JSON array, or items between commas. */
export function list(): Kind<string[]> {
  return (raw) => {
    if (typeof raw === "string" && isQuoted(raw)) return faulty(UNQUOTED);
    const items = typeof raw === "string" ? itemsOf(raw) : raw;
    return isListOf(items, (item) => typeof item === "string")
      ? parsed(items)
      : faulty("must be a list of strings");
  };
}

/** A list that may hold these items and no others. */
export function listOf<const Item extends string>(allowed: readonly Item[]): Kind<Item[]> {
  return (raw) => {
    const items = typeof raw === "string" ? itemsOf(raw) : raw;
    if (!Array.isArray(items)) return faulty("must be a list of strings");
    const isAllowed = (item: unknown): item is Item => allowed.some((each) => each === item);
    return isListOf(items, isAllowed)
      ? parsed(items)
      : faulty(`must be a list of ${allowed.join(", ")}`);
  };
}

/** A list of `client_id:token` pairs. No two clients share a token: at the upgrade it may say alone who connects (UP2). */
export function apiKeys(): Kind<ApiKey[]> {
  return (raw) => {
    const pairs = list()(raw);
    const faults: KindFault[] = [...pairs.faults];
    const clientByToken = new Map<string, string>();
    const keys = pairs.value?.flatMap((pair, index) => {
      const key = parseApiKey(pair);
      if (key === null) {
        faults.push({ index, text: "must be a client_id:token pair" });
        return [];
      }
      if (isReserved(key.clientId)) {
        faults.push({ index, text: 'names the client "backend", which only the admin API may' });
      }
      const owner = clientByToken.get(key.token) ?? key.clientId;
      clientByToken.set(key.token, key.clientId);
      if (owner !== key.clientId) {
        faults.push({ index, text: "has the token of another client: each needs its own" });
      }
      return [key];
    });
    return { value: keys, faults };
  };
}

/** A service account's key file; an empty text is none. */
export function serviceAccount(): Kind<ServiceAccount | null> {
  return (raw) => {
    if (raw === "") return parsed(null);
    if (typeof raw !== "string") return faulty("must be a string");
    const account = parseServiceAccount(raw);
    return account.ok
      ? parsed(account.value)
      : faulty(`is not a key file that can be used: ${account.failure}`);
  };
}

function parsed<Value>(value: Value): Parsed<Value> {
  return { value, faults: [] };
}

function faulty(rule: string): Parsed<never> {
  return { value: undefined, faults: [{ text: rule }] };
}

function isInteger(value: unknown, min: number, max: number): value is number {
  return typeof value === "number" && Number.isInteger(value) && value >= min && value <= max;
}

function isListOf<Item>(value: unknown, isItem: (item: unknown) => item is Item): value is Item[] {
  return Array.isArray(value) && value.every(isItem);
}

/** In the brackets of a list or a table, in JSON, TOML or YAML, with something between them that no random secret has there. */
function isBracketed(variable: string): boolean {
  const trimmed = variable.trim();
  if (!/^(?:\[[^]*\]|\{[^]*\})$/.test(trimmed)) return false;
  return /["',]/.test(trimmed) || parseJson(trimmed) !== undefined;
}

const UNQUOTED = "must be a list: items between commas and without quotes, or a JSON array";

/** A table, or items in quotes that are no JSON array: the quotes would count as parts of the items. */
function isQuoted(variable: string): boolean {
  return (
    /^\s*\{[^]*\}\s*$|(?:^|,)\s*(["'])[^,]*\1\s*(?:,|$)/.test(variable) && !/^\s*\[/.test(variable)
  );
}

/** The items of a variable; null: the variable begins like JSON but is not JSON. */
function itemsOf(variable: string): unknown {
  if (!variable.trimStart().startsWith("[")) {
    return variable.split(",").flatMap((item) => item.trim() || []);
  }
  try {
    return JSON.parse(variable);
  } catch {
    // A SyntaxError. Its message would quote the variable, which may be secret.
    return null;
  }
}
