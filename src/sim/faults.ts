/** Damage that tests do to a running device: to its flash, and to uploads on their way there. */

import { assert } from '../base/assert.ts';
import type { Rng } from '../base/rng.ts';
import type { ArmedFault, SimFault } from './device.ts';
import type { FlashFate, FlashHooks } from './flash/hooks.ts';

export interface Faults {
  inject(fault: SimFault): ArmedFault;
  readonly hooks: FlashHooks;
  damageUpload(data: Uint8Array, offset: number): Uint8Array;
}

interface Armed {
  readonly fault: SimFault;
  /** Flash operations that went by. */
  count: number;
}

/** More faults than anybody arms; a loop that forgets to dispose of them is found here. */
const faultsMax = 1000;

export function createFaults(rng: Rng): Faults {
  const armed = new Set<Armed>();
  return {
    inject: (fault) => {
      assert(armed.size < faultsMax, 'too many faults are armed');
      const entry: Armed = { fault: withMask(fault, rng), count: 0 };
      armed.add(entry);
      return {
        get count() {
          return entry.count;
        },
        dispose: () => void armed.delete(entry),
      };
    },
    hooks: { write: () => flashFate(armed, rng) },
    damageUpload: (data, offset) => {
      let damaged = data;
      for (const { fault } of armed) if (fault.kind === 'corrupt-upload') damaged = corrupt(damaged, offset, fault);
      return damaged;
    },
  };
}

/** A fault that does not say which bits flip gets some, always the same ones for the same seed. */
function withMask(fault: SimFault, rng: Rng): SimFault {
  return fault.kind === 'corrupt-upload' && fault.xor === undefined ? { ...fault, xor: 1 + rng.below(255) } : fault;
}

function flashFate(armed: Set<Armed>, rng: Rng): FlashFate {
  for (const entry of armed) {
    if (entry.fault.kind !== 'flash-operation') continue;
    entry.count += 1;
    if (entry.count <= entry.fault.index) continue;
    armed.delete(entry);
    return entry.fault.do === 'cut-torn-anywhere' ? { tornAt: rng.float() } : entry.fault.do;
  }
  return 'proceed';
}

/** The bytes with those flipped that fall into the fault's range. Copies only when it has to. */
function corrupt(data: Uint8Array, offset: number, fault: Extract<SimFault, { kind: 'corrupt-upload' }>): Uint8Array {
  const from = Math.max(0, fault.offset - offset);
  const to = Math.min(data.length, fault.offset + (fault.length ?? 1) - offset);
  if (from >= to) return data;
  const damaged = data.slice();
  for (let index = from; index < to; index += 1) damaged[index]! ^= fault.xor ?? 0xff;
  return damaged;
}
