/** A success, or a failure as a value. A peer's mistake is always such a value, and never an exception. */
export type Result<Value, Failure> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly failure: Failure };

export function success<Value>(value: Value): { readonly ok: true; readonly value: Value } {
  return { ok: true, value };
}

export function failed<Failure>(failure: Failure): {
  readonly ok: false;
  readonly failure: Failure;
} {
  return { ok: false, failure };
}

/** Ends a switch over a union, so that a new member of the union is a compile error there. */
export function assertNever(value: never): never {
  throw new Error(`Unreachable: ${String(value)}`);
}
