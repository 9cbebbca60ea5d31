/** Success or a failure as a value: a peer's mistake is never thrown. */
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

/** Ends a switch over a union: a new member is then a type error here, not a silence at run time. */
export function assertNever(value: never): never {
  throw new Error(`Unreachable: ${String(value)}`);
}
