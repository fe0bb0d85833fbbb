/** The one error of this room: bytes from a device that are not what the protocol allows. */

import { BootproofError } from '../base/errors.ts';

/**
 * Malformed bytes, or a reply whose fields are missing or of the wrong type. `offset` counts from the first byte handed
 * to the decoder; it is undefined where values, not bytes, were looked at.
 */
export class SmpDecodeError extends BootproofError {
  override readonly name = 'SmpDecodeError';
  readonly offset: number | undefined;

  constructor(problem: string, offset?: number) {
    super(offset === undefined ? problem : `${problem} (at byte ${offset})`, { fault: 'product', code: 'smp-malformed' });
    this.offset = offset;
  }
}
