/**
 * How tests and fault injection reach into a flash: a say in what becomes of each operation, and in the bytes on their way.
 * The device asks with its own hooks in each phase: those of a boot, and those of the application that runs after it.
 */

/** One call of program or erase, before it is executed. `at` counts from the start of the flash. */
export interface FlashOperation {
  /** Name of the flash. */
  readonly flash: string;
  readonly kind: 'program' | 'erase';
  readonly at: number;
  readonly length: number;
}

/** One read, before it is executed. `at` counts from the start of the flash. */
export interface FlashRead {
  readonly flash: string;
  readonly at: number;
  readonly length: number;
}

/**
 * What becomes of an operation. A torn one is half executed: half of its bytes, rounded down to the write size. A partial one
 * is, too, but the power stays and the firmware is told that all went well.
 */
export type FlashFate = 'proceed' | 'fail' | 'partial' | 'cut-before' | 'cut-torn' | 'cut-after' | TornAt;

/** Torn elsewhere than in the middle: the share of the operation that is executed, rounded down to the write size. */
export interface TornAt {
  readonly tornAt: number;
}

/** All are optional; without them everything succeeds. */
export interface FlashHooks {
  /** Asked before each program and erase. */
  readonly write?: ((operation: FlashOperation) => FlashFate) | undefined;
  /** Asked before each read; a failed one gives no bytes, as after a bus error or more bit errors than the ECC corrects. */
  readonly read?: ((operation: FlashRead) => 'proceed' | 'fail') | undefined;
  /** What reaches the cells in place of the bytes of a program, as many as there were. `bytes` must stay as they are. */
  readonly store?: ((operation: FlashOperation, bytes: Uint8Array) => Uint8Array) | undefined;
  /** Whether cells may be programmed that are not erased, which then only moves bits away from the erased value. Not, unless said otherwise. */
  readonly over?: (() => boolean) | undefined;
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

/** Several hooks as one. Each is asked about everything; the first one that objects decides, and damage adds up. */
export function combineHooks(all: readonly FlashHooks[]): FlashHooks {
  return {
    write: (operation) => all.map(({ write }) => write?.(operation) ?? 'proceed').find((fate) => fate !== 'proceed') ?? 'proceed',
    read: (operation) => (all.map(({ read }) => read?.(operation)).includes('fail') ? 'fail' : 'proceed'),
    over: () => all.some(({ over }) => over?.() === true),
    store: (operation, bytes) => all.reduce((stored, { store }) => store?.(operation, stored) ?? stored, bytes),
  };
}
