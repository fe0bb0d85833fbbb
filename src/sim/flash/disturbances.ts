/** Ways in which flash goes wrong without loss of power, as hooks: failing operations and wrong bits, in a range and at some rate. */

import type { Rng } from '../../base/rng.ts';
import type { FlashHooks, FlashOperation } from './hooks.ts';

/** Part of a device's flash. What is not given does not matter. */
export interface FlashRange {
  /** Name of the flash. */
  readonly flash?: string | undefined;
  /** First byte, counted from the start of the flash. */
  readonly from?: number | undefined;
  /** Just behind the last byte. */
  readonly to?: number | undefined;
}

/** Which operations fail. */
export interface FailureOptions {
  readonly range?: FlashRange;
  readonly kinds: readonly ('read' | 'program' | 'erase')[];
  /** As an error code, or unnoticed with half of the work done (`partial`; a read has no half). */
  readonly fate?: 'fail' | 'partial';
  /** Asked for each operation concerned: chance, a number of times, a phase. Without it all of them fail. */
  readonly when?: () => boolean;
}

export function failingOperations({ range = {}, kinds, fate = 'fail', when = () => true }: FailureOptions): FlashHooks {
  const concerned = (kind: FailureOptions['kinds'][number], where: Place): boolean =>
    kinds.includes(kind) && touches(range, where) && when();
  return {
    write: (operation) => (concerned(operation.kind, operation) ? fate : 'proceed'),
    ...(kinds.includes('read') && { read: (operation) => (concerned('read', operation) ? 'fail' : 'proceed') }),
  };
}

/** Which bytes are stored wrong. */
export interface BitErrorOptions {
  readonly range?: FlashRange;
  readonly rng: Rng;
  /** Bytes between two wrong bits, on average. */
  readonly bytesPerError: number;
  /** Asked for each program concerned, such as whether bytes come too fast. Without it all of them suffer. */
  readonly when?: (operation: FlashOperation) => boolean;
}

/** Flips single bits of what is programmed, always the same ones for the same seed. */
export function bitErrors({ range = {}, rng, bytesPerError, when = () => true }: BitErrorOptions): FlashHooks {
  const gap = (): number => rng.below(2 * bytesPerError);
  let untilError = gap();
  return {
    store: (operation, bytes) => {
      if (!touches(range, operation) || !when(operation)) return bytes;
      const stored = bytes.slice();
      const first = Math.max(0, (range.from ?? 0) - operation.at);
      const end = Math.min(stored.length, (range.to ?? Number.POSITIVE_INFINITY) - operation.at);
      let at = first + untilError;
      for (; at < end; at += 1 + gap()) stored[at]! ^= 1 << rng.below(8);
      untilError = at - end;
      return stored;
    },
  };
}

interface Place {
  readonly flash: string;
  readonly at: number;
  readonly length: number;
}

function touches({ flash, from = 0, to = Number.POSITIVE_INFINITY }: FlashRange, place: Place): boolean {
  return (flash === undefined || flash === place.flash) && place.at < to && from < place.at + place.length;
}
