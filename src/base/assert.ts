/** Assertions for programmer errors. A failed assertion is a defect of bootproof, never the answer to bad input. */

export class AssertionError extends Error {
  override readonly name = 'AssertionError';
}

/** Stops with `AssertionError` when `condition` is false. */
export function assert(condition: unknown, what: string): asserts condition {
  if (!condition) throw new AssertionError(what);
}

/** The end of a `switch` over a union: a new member that is not handled becomes a compile error here. */
export function unreachable(value: never): never {
  throw new AssertionError(`unhandled case: ${JSON.stringify(value)}`);
}
