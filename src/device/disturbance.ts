/** Faults that begin at a moment and last for a while: what they do is `disturbance-effects.ts`, when they do it is decided here. */

import type { Timer } from '../base/clock.ts';
import { abortable } from '../base/clock.ts';
import { millisecondsOf } from '../base/measures.ts';
import type { StepContext } from './context.ts';
import { effectOf, type Disturbance } from './disturbance-effects.ts';
import { Failure } from './failure.ts';
import { awaitMoment } from './fault-trigger.ts';
import type { ArmedFault } from './standing-faults.ts';

/** Of what would keep a step from ever ending. */
const shortMs = 100;

export async function armDisturbance(fault: Disturbance, context: StepContext): Promise<ArmedFault> {
  const { clock, device, tell, signal } = context;
  const endsByItself = fault.do === 'power-cut' || fault.do === 'link-drop' || fault.do === 'stall';
  const lastsMs = fault.for === undefined ? (endsByItself ? shortMs : undefined) : millisecondsOf(fault.for);
  const effect = effectOf(fault, { context, lastsMs: lastsMs ?? shortMs });
  let state: 'waiting' | 'on' | 'over' = 'waiting';
  let timer: Timer | undefined;
  const work = createQueue();
  let isOver = (): void => undefined;
  const over = new Promise<void>((resolve) => (isOver = resolve));

  const begin = (): void => {
    state = 'on';
    tell({ kind: 'fault', fault: fault.do, phase: 'started', detail: describe(fault) });
    work.do(() => effect.begin());
    if (lastsMs !== undefined) timer = clock.arm(lastsMs, `the end of the fault ${fault.do}`, finish);
  };
  const finish = (): void => {
    if (state !== 'on') return;
    state = 'over';
    timer?.cancel();
    work.do(() => effect.end());
    const detail = effect.seen?.();
    tell({ kind: 'fault', fault: fault.do, phase: 'ended', ...(detail !== undefined && { detail }) });
    isOver();
  };
  if (fault.at !== undefined) tell({ kind: 'fault', fault: fault.do, phase: 'armed', detail: describe(fault) });
  const stop = awaitMoment(fault.at, device, begin);
  await work.done();
  return {
    settle: async () => {
      if (state === 'waiting') throw missed(fault);
      if (endsByItself) await abortable(over, signal);
      await work.done();
      if (fault.do === 'power-cut') await device.rebooted();
    },
    end: async () => {
      stop();
      finish();
      await work.done();
    },
  };
}

/** Work in order. What a bench's program does takes time; everything else is done at once, since a moment inside of a boot must not pass. */
function createQueue(): { do(work: () => Promise<void> | void): void; done(): Promise<void> } {
  let last: Promise<void> | undefined;
  return {
    do: (work) => {
      const next = last === undefined ? work() : last.then(work);
      if (next === undefined) return;
      last = next;
      // Whoever waits for it is told.
      last.catch(() => undefined);
    },
    done: () => last ?? Promise.resolve(),
  };
}

function describe({ at = {} }: Disturbance): string {
  const [[moment, value] = ['at once', ''] as const] = Object.entries(at as Readonly<Record<string, string | number>>);
  return value === '' ? moment : `at ${moment} ${value}`;
}

function missed(fault: Disturbance): Failure {
  return new Failure(`the step ended, and the fault ${fault.do} never came: its moment was ${describe(fault)}`, {
    code: 'fault-missed',
    wanted: describe(fault),
    hint: 'choose a moment that the step has',
  });
}
