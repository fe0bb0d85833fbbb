/** What each fault does while it lasts. Those of links lie on the host's side, and so work on every board. */

import { unreachable } from '../base/assert.ts';
import { BootproofError } from '../base/errors.ts';
import { checkedQuantity, millisecondsOr } from '../base/measures.ts';
import { parsePercentage } from '../base/quantities.ts';
import { healthyLane } from '../transport/lane-shape.ts';
import type { LaneShape } from '../transport/lane-shape.ts';
import type { ArmedFault } from './board-control.ts';
import type { StepContext } from './context.ts';
import type { Fault } from '../language/model.ts';

export type Disturbance = Exclude<Fault, { do: 'corrupt' }>;

export interface Effect {
  begin(): Promise<void> | void;
  end(): Promise<void> | void;
  /** What it has done since it began, for the report. */
  seen?(): string;
}

interface Circumstances {
  readonly context: StepContext;
  readonly lastsMs: number;
}

export function effectOf(fault: Disturbance, { context, lastsMs }: Circumstances): Effect {
  const { shaper } = context.device;
  switch (fault.do) {
    case 'power-cut':
      return powerCut(context);
    case 'knob':
      return knob(fault, context);
    case 'link-drop':
      return { begin: () => shaper.drop(lastsMs), end: () => undefined };
    case 'stall':
      return { begin: () => shaper.stall(lastsMs), end: () => undefined };
    case 'loss':
      return trait({ loss: shareOf(fault) }, context);
    case 'duplicate':
      return trait({ duplicate: shareOf(fault) }, context);
    case 'reorder':
      return trait({ reorder: shareOf(fault), reorderMs: lateMs(fault) }, context);
    case 'delay':
      return trait({ latencyMs: lateMs(fault) }, context);
    case 'low-mtu':
      return trait({ packetMax: fault['bytes-max'] ?? packetMaxDefault }, context);
    default:
      return unreachable(fault);
  }
}

const shareDefault = 0.1;
const lateMsDefault = 200;
const packetMaxDefault = 64;

function shareOf({ share }: { readonly share?: string }): number {
  return share === undefined ? shareDefault : checkedQuantity(parsePercentage(share));
}

function lateMs({ by }: { readonly by?: string }): number {
  return millisecondsOr(by, lateMsDefault);
}

function trait(traits: Partial<LaneShape>, { device: { shaper } }: StepContext): Effect {
  const healthy = Object.fromEntries(Object.keys(traits).map((key) => [key, healthyLane[key as keyof LaneShape]]));
  let before = shaper.tally;
  return {
    begin: () => {
      before = shaper.tally;
      shaper.shape(traits);
    },
    end: () => shaper.shape(healthy),
    seen: () => {
      const { packets, lost, twice, late } = shaper.tally;
      const harm = [`${lost - before.lost} lost`, `${twice - before.twice} twice`, `${late - before.late} late`];
      return `of ${packets - before.packets} packets: ${harm.join(', ')}`;
    },
  };
}

function powerCut({ device, tell }: StepContext): Effect {
  const { power } = device.control;
  if (power === undefined) throw unavailable(device.board, 'has no power that could be cut');
  return {
    begin: () => {
      tell({ kind: 'power', action: 'cut' });
      return power('cut');
    },
    end: () => {
      device.console.openEpoch('power-on');
      tell({ kind: 'power', action: 'on' });
      return power('on');
    },
  };
}

function knob(fault: Extract<Disturbance, { do: 'knob' }>, { device }: StepContext): Effect {
  const { injectFault } = device.control;
  if (injectFault === undefined) throw unavailable(device.board, 'is not simulated');
  let injected: Promise<ArmedFault> | ArmedFault | undefined;
  return {
    begin: () => {
      injected = injectFault({ kind: 'change', set: { ...fault.set } });
      return injected instanceof Promise ? injected.then(() => undefined) : undefined;
    },
    end: () => (injected instanceof Promise ? injected.then((one) => one.clear()) : injected?.clear()),
  };
}

function unavailable(board: string, why: string): BootproofError {
  return new BootproofError(`board ${board} ${why}`, { fault: 'input', code: 'fault-unavailable' });
}
