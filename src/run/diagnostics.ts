/** Errors and diagnostics in the form in which events carry them. */

import type { BootproofError } from '../base/errors.ts';
import { BenchError } from '../device/bench-error.ts';
import { Failure } from '../device/failure.ts';
import type { EventDiagnostic, Severity } from '../events/event.ts';
import { frameOf, placeOf } from '../language/diagnostics.ts';
import type { Diagnostic } from '../language/diagnostics.ts';
import type { AnyStep } from '../language/model.ts';

/** The failure of a step, placed at the step's verb; what is wrong with a board is placed at its line in the bench. */
export function diagnosticOfError(error: BootproofError, step: AnyStep | undefined, severity: Severity = 'error'): EventDiagnostic {
  const span = error instanceof BenchError ? error.span : step?.locate([step.verb]);
  return {
    code: error.code,
    severity,
    message: error.message,
    ...(span === undefined ? {} : { at: placeOf(span), frame: frameOf(span) }),
    ...(error.hint === undefined ? {} : { hint: error.hint }),
    ...(error instanceof Failure && error.found !== undefined ? { found: error.found } : {}),
    ...(error instanceof Failure && error.wanted !== undefined ? { wanted: error.wanted } : {}),
  };
}

export function eventDiagnostic({ code, severity, message, span, hint }: Diagnostic): EventDiagnostic {
  return {
    code,
    severity,
    message,
    ...(span === undefined ? {} : { at: placeOf(span), frame: frameOf(span) }),
    ...(hint === undefined ? {} : { hint }),
  };
}
