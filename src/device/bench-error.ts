/** What is wrong with a board of the lab, with the line of the bench that says how the board is wired. */

import { BootproofError, messageOf } from '../base/errors.ts';
import type { Span } from '../language/source.ts';

export class BenchError extends BootproofError {
  override readonly name = 'BenchError';
  readonly span: Span;

  constructor(message: string, details: ConstructorParameters<typeof BootproofError>[1] & { readonly span: Span }) {
    super(message, details);
    this.span = details.span;
  }
}

/** The same error with the board and the place. One that has a place already, or is no error of the lab, stays as it is. */
export function placed(thrown: BootproofError, board: string, span: Span): BootproofError;
export function placed(thrown: unknown, board: string, span: Span): unknown;
export function placed(thrown: unknown, board: string, span: Span): unknown {
  if (!(thrown instanceof BootproofError) || thrown instanceof BenchError || thrown.fault === 'cancelled') return thrown;
  const { fault, code, hint } = thrown;
  const message = `board ${board}: ${messageOf(thrown)}`;
  return new BenchError(message, { fault, code, ...(hint === undefined ? {} : { hint }), cause: thrown, span });
}
