/** An expected outcome as a value: either what was asked for, or a refusal with a code a person can act on. */
export type Result<Value, Failure> =
  { readonly ok: true; readonly value: Value } | { readonly ok: false; readonly error: Failure };

/** Wraps a value as a successful result. */
export function ok<Value>(value: Value): { readonly ok: true; readonly value: Value } {
  return { ok: true, value };
}

/** Wraps a refusal as a failed result. */
export function err<Failure>(error: Failure): { readonly ok: false; readonly error: Failure } {
  return { ok: false, error };
}

/**
 * States that something cannot be otherwise. Throws an `AssertionError` when it is: a bug, never bad input.
 * The message is a function so that a passing assertion costs nothing.
 */
export function assert(condition: unknown, message: () => string): asserts condition {
  if (!condition) throw new AssertionError(message());
}

/** Marks the branch no value can reach; the compiler proves it, the throw covers data that lied about its type. */
export function unreachable(value: never): never {
  throw new AssertionError(`unreachable: ${JSON.stringify(value)}`);
}

/** A broken invariant: the program is wrong, not the person. */
export class AssertionError extends Error {
  override readonly name = 'AssertionError';
}
