/** A demand of the pipeline that the product did not meet, with what was found in place of it. */

import { BootproofError } from '../base/errors.ts';
import type { JsonValue } from '../events/event.ts';

export interface FailureDetails {
  readonly code: string;
  readonly found?: JsonValue;
  readonly wanted?: JsonValue;
  readonly hint?: string;
}

export class Failure extends BootproofError {
  override readonly name = 'Failure';
  readonly found: JsonValue | undefined;
  readonly wanted: JsonValue | undefined;

  constructor(message: string, details: FailureDetails) {
    super(message, { fault: 'product', code: details.code, ...(details.hint === undefined ? {} : { hint: details.hint }) });
    this.found = details.found;
    this.wanted = details.wanted;
  }
}
