/** The moment at which a fault begins: waits for it and calls once. */

import { BootproofError } from '../base/errors.ts';
import { checkedQuantity } from '../base/measures.ts';
import { parsePercentage, parseSize } from '../base/quantities.ts';
import type { FaultTrigger } from '../language/grammar.generated.ts';
import { compilePattern } from '../language/pattern.ts';
import type { SimDevice, SimState } from '../sim/device.ts';
import type { Device } from './device.ts';

/** Returns the way to wait no longer. Without a moment it calls before it returns. */
export function awaitMoment(at: FaultTrigger | undefined, device: Device, begin: () => void): () => void {
  if (at === undefined) {
    begin();
    return () => undefined;
  }
  const once = (): void => {
    stop();
    begin();
  };
  const stop = watch(at, device, once);
  return stop;
}

/** `reached` may be called more than once. */
function watch(at: FaultTrigger, device: Device, reached: () => void): () => void {
  const { progress, offset, log, step, boot, 'boot-phase': phase, 'flash-op': operation } = at;
  const { moments, console } = device;
  const when = (holds: boolean): void => {
    if (holds) reached();
  };
  if (progress !== undefined) {
    const share = checkedQuantity(parsePercentage(progress));
    return moments.progress.on((done, total) => when(done >= share * total));
  }
  if (offset !== undefined) {
    const bytes = checkedQuantity(parseSize(offset));
    return moments.progress.on((done) => when(done >= bytes));
  }
  if (log !== undefined) {
    const pattern = compilePattern(log);
    return console.onLine(({ text }) => when(pattern.find(text) !== undefined));
  }
  if (step !== undefined) return moments.step.on((id) => when(id === step));
  if (boot !== undefined) return onCount(boot, reached, (count) => onBoot(device, count));
  if (phase !== undefined) return simOf(device).onState((state) => when(state === phaseStates[phase]));
  if (typeof operation === 'number') return onCount(operation, reached, (count) => simOf(device).onFlashOperation(count));
  throw new BootproofError('a sweep is planned before the run, so no expression can ask for one', {
    fault: 'input',
    code: 'fault-unavailable',
  });
}

const phaseStates: Readonly<Record<NonNullable<FaultTrigger['boot-phase']>, SimState>> = {
  bootloader: 'booting',
  recovery: 'recovery',
  application: 'running',
};

function onCount(wanted: number, reached: () => void, listen: (count: () => void) => () => void): () => void {
  let seen = 0;
  return listen(() => {
    seen += 1;
    if (seen === wanted) reached();
  });
}

function onBoot(device: Device, begun: () => void): () => void {
  return simOf(device).onState((state) => {
    if (state === 'booting') begun();
  });
}

function simOf({ control, board }: Device): SimDevice {
  if (control.sim !== undefined) return control.sim;
  throw new BootproofError(`board ${board} is not simulated in this process: nobody can look into it`, {
    fault: 'input',
    code: 'fault-unavailable',
  });
}
