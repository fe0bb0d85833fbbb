/** What the doctor finds, one line at a time. */

import { BootproofError, messageOf } from '../../base/errors.ts';
import { BenchError } from '../../device/bench-error.ts';
import { placeOf } from '../../language/diagnostics.ts';
import type { Span } from '../../language/source.ts';

export interface Finding {
  /** What was looked at: `serial ports`, `transports.ble`, `provision`, ... */
  readonly subject: string;
  readonly state: 'ok' | 'note' | 'error';
  readonly message: string;
  readonly code?: string;
  readonly hint?: string;
  readonly at?: { readonly file: string; readonly line: number; readonly column: number };
}

export function ok(subject: string, message: string): Finding {
  return { subject, state: 'ok', message };
}

/** Worth knowing, and no fault. */
export function note(subject: string, message: string, hint?: string): Finding {
  return { subject, state: 'note', message, ...(hint === undefined ? {} : { hint }) };
}

/** The line of the bench is the error's own, or else the one that was looked at. */
export function trouble(subject: string, thrown: unknown, span?: Span): Finding {
  const known = thrown instanceof BootproofError ? thrown : undefined;
  const place = known instanceof BenchError ? known.span : span;
  return {
    subject,
    state: 'error',
    message: messageOf(thrown),
    ...(known === undefined ? {} : { code: known.code }),
    ...(known?.hint === undefined ? {} : { hint: known.hint }),
    ...(place === undefined ? {} : { at: placeOf(place) }),
  };
}
