/** The ends of a bootloader that is not up to what it finds in flash. */

import { BootproofError } from '../../base/errors.ts';
import type { PanicKind } from './config.ts';

/** Thrown inside a boot and turned into its outcome; never leaves `bootOnce`. */
export class BootPanic extends BootproofError {
  override readonly name = 'BootPanic';
  readonly panic: PanicKind;

  constructor(panic: PanicKind, message: string) {
    super(message, { fault: 'product', code: `boot-${panic}` });
    this.panic = panic;
  }
}

/** An assertion of the bootloader itself, as opposed to one of ours. */
export function bootAssert(condition: unknown, what: string): asserts condition {
  if (!condition) throw new BootPanic('assert', what);
}
