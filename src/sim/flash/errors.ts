/** The three ways in which a flash operation does not come back: illegal use, failure of the part, loss of power. */

import { BootproofError } from '../../base/errors.ts';

/** Ways to use flash illegally. The names are those under which the lab counted them (bootutil vectors, `violations`). */
export type Violation = 'misaligned' | 'out_of_range' | 'partial_erase' | 'write_over_data';

/** Illegal use of strict flash: a defect of the simulated firmware. */
export class FlashError extends BootproofError {
  override readonly name = 'FlashError';
  readonly violation: Violation;

  constructor(violation: Violation, message: string) {
    super(`${message} (${violation})`, { fault: 'product', code: 'flash-misuse' });
    this.violation = violation;
  }
}

/** The operation returned an error code: injected by a hook, or impossible. Firmware sees a non-zero return value. */
export class FlashFailure extends BootproofError {
  override readonly name = 'FlashFailure';

  constructor(message: string) {
    super(message, { fault: 'product', code: 'flash-failure' });
  }
}

/** The power went away. Nothing that runs on the device may catch this. */
export class PowerCut extends BootproofError {
  override readonly name = 'PowerCut';

  constructor(message: string) {
    super(message, { fault: 'product', code: 'power-cut' });
  }
}
