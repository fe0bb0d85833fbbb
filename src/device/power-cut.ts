/**
 * The fault `power-cut`: the power goes at one flash operation of a step and comes back a moment later. It needs a board
 * that is simulated in this process: nobody else can tell one flash operation from the next.
 */

import { abortable } from '../base/clock.ts';
import type { Timer } from '../base/clock.ts';
import { BootproofError } from '../base/errors.ts';
import { parseDuration } from '../base/quantities.ts';
import type { Fault } from '../language/model.ts';
import type { SimDevice, SimFault, SimState } from '../sim/device.ts';
import type { StepContext } from './context.ts';
import { Failure } from './failure.ts';
import type { ArmedFault } from './standing-faults.ts';

type PowerCutFault = Extract<Fault, { do: 'power-cut' }>;
type FlashFault = Extract<SimFault, { kind: 'flash-operation' }>;

const fates: Readonly<Record<NonNullable<PowerCutFault['when']>, FlashFault['do']>> = {
  before: 'cut-before',
  during: 'cut-torn',
  anywhere: 'cut-torn-anywhere',
  after: 'cut-after',
};

const offMs = 100;

/** It settles when the power is back. A step without that flash operation is a `Failure` with code `fault-missed`. */
export function armFlashPowerCut(fault: PowerCutFault, context: StepContext): ArmedFault {
  const { device, signal } = context;
  const { sim } = device.control;
  const operation = fault.at?.['flash-op'];
  if (sim === undefined || typeof operation !== 'number') throw impossible(device.board, operation);
  const cut = arm(sim, { ...fault, operation }, context);
  return {
    settle: async () => {
      // The bootloader's work is decided as it starts, however long it then takes to show.
      if (!cut.isDecided()) throw missed(operation, cut.count());
      await abortable(cut.over, signal);
      await device.rebooted();
    },
    end: () => {
      cut.end();
      return Promise.resolve();
    },
  };
}

interface ArmedCut {
  /** Flash operations since the step began. */
  count(): number;
  /** True once the operation was reached, although the power may go later. */
  isDecided(): boolean;
  /** The power went and is back. */
  readonly over: Promise<void>;
  /** The board is left under power. */
  end(): void;
}

function arm(sim: SimDevice, fault: PowerCutFault & { readonly operation: number }, context: StepContext): ArmedCut {
  const { clock, device, tell } = context;
  const { operation } = fault;
  const armed = sim.injectFault({ kind: 'flash-operation', index: operation - 1, do: fates[fault.when ?? 'during'] });
  const isDecided = (): boolean => armed.count >= operation;
  tell({ kind: 'fault', fault: fault.do, phase: 'armed', detail: `at flash operation ${operation}` });
  let off: Timer | undefined;
  let ended = (): void => undefined;
  const over = new Promise<void>((resolve) => (ended = resolve));

  const powerOn = (): void => {
    off = undefined;
    device.console.openEpoch('power-on');
    tell({ kind: 'power', action: 'on' });
    tell({ kind: 'fault', fault: fault.do, phase: 'ended' });
    sim.powerOn();
    ended();
  };
  const powerGone = (state: SimState): void => {
    if (state !== 'off' || !isDecided()) return;
    stop();
    tell({ kind: 'fault', fault: fault.do, phase: 'started', detail: `at flash operation ${operation}` });
    tell({ kind: 'power', action: 'cut' });
    off = clock.arm(parseDuration(fault.for ?? '') ?? offMs, 'the power comes back after a cut', powerOn);
  };
  const stop = sim.onState(powerGone);
  const end = (): void => {
    armed.dispose();
    stop();
    off?.cancel();
    if (off !== undefined) powerOn();
  };
  return { count: () => armed.count, isDecided, over, end };
}

function missed(operation: number, count: number): Failure {
  const [message, hint] =
    count === 0
      ? [
          'the step has no flash operations, so the power cut never came',
          'put the fault on a step that writes or erases flash: `upload`, `erase`, `mark-pending`, or the `reset` that starts a swap',
        ]
      : [
          `the step has ${count} flash operation${count === 1 ? '' : 's'}, so the power cut at number ${operation} never came`,
          'give the number of an operation that the step has, or sweep over all of them with `flash-op: all`',
        ];
  return new Failure(message, { code: 'fault-missed', wanted: operation, found: count, hint });
}

function impossible(board: string, operation: unknown): BootproofError {
  const message =
    typeof operation === 'number'
      ? `board ${board} is not simulated in this process, so its flash operations cannot be counted`
      : 'a sweep is planned before the run, so no expression can ask for one';
  return new BootproofError(message, { fault: 'input', code: 'fault-unavailable' });
}
