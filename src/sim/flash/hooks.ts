/** How tests and fault injection reach into a flash: a say in what becomes of each operation. */

/** One call of program or erase, before it is executed. `at` counts from the start of the flash. */
export interface FlashOperation {
  /** Name of the flash. */
  readonly flash: string;
  readonly kind: 'program' | 'erase';
  readonly at: number;
  readonly length: number;
}

/** What becomes of an operation. A torn one is half executed: half of its bytes, rounded down to the write size. */
export type FlashFate = 'proceed' | 'fail' | 'cut-before' | 'cut-torn' | 'cut-after';

/** Both are optional; without them everything succeeds. */
export interface FlashHooks {
  /** Asked before each program and erase. */
  readonly write?: ((operation: FlashOperation) => FlashFate) | undefined;
  /** Asked before each read; `true` makes it fail. */
  readonly read?: ((at: number, length: number) => boolean) | undefined;
}

/** Cuts the power at operation number `index` (0 = the first one), counted over all flashes that share the hook. */
export function cutPowerAt(index: number, fate: 'cut-before' | 'cut-torn' | 'cut-after' = 'cut-before'): FlashHooks {
  let count = 0;
  return {
    write: () => {
      count += 1;
      return count === index + 1 ? fate : 'proceed';
    },
  };
}
