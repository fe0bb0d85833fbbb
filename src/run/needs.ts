/** What a pipeline needs of a board, read from its steps, so that a board that lacks it is not applicable instead of failing halfway. */

import type { FaultTrigger, ResetArgs } from '../language/grammar.generated.ts';
import { everyStep } from '../language/model.ts';
import type { AnyStep, Fault, Noun, Pipeline } from '../language/model.ts';

/** What boards may or may not offer past SMP. */
export type Capability =
  'answers' | 'console' | 'provision' | 'power' | 'power-off' | 'reset-pin' | 'reset-debugger' | 'corrupt' | 'knob' | 'insight';

/** Why each capability is missed, for people. */
export const capabilityHints: Readonly<Record<Capability, string>> = {
  answers:
    'the pipeline asks the board, and every address of the board listens for it to ask (listen=on): give it a transport with the address of its own server',
  console: 'the pipeline needs the console, and the board has none: give it a `console` in the bench',
  provision: 'the pipeline provisions the board: give it a `provision` command in the bench',
  power: 'the pipeline takes the power away and gives it back: give the board `power` commands in the bench',
  'power-off': 'the pipeline switches the power off: give the board `power` commands in the bench, `off` and `on`',
  'reset-pin': 'the pipeline resets the board by its pin: give it `reset: {pin: ...}` in the bench',
  'reset-debugger': 'the pipeline resets the board by the debugger: give it `reset: {debugger: ...}` in the bench',
  corrupt: 'the fault `corrupt` damages simulated flash, and this board is not simulated',
  knob: 'the fault `knob` changes a simulated device, and this board is not one that can be changed',
  insight: 'a fault waits for a flash operation or a part of a boot, which only a board simulated in this process can tell apart',
};

export function needsOf(pipeline: Pipeline): ReadonlySet<Capability> {
  const needs = new Set<Capability>(pipeline.forbidLog.length > 0 ? ['console'] : []);
  for (const step of allSteps(pipeline)) for (const need of needsOfStep(step)) needs.add(need);
  return needs;
}

/** Whether the runner plays the server for the board, which then is a client and answers nothing. */
export function isServed(pipeline: Pipeline): boolean {
  return [...allSteps(pipeline)].some(({ verb }) => verb === 'serve');
}

export const servingHint =
  'the runner can be the server on a serial port, TCP, RFC 2217 or udp:HOST:PORT?listen=on, and simulated devices are no clients';

/** All steps of a pipeline, those within others too. */
export function allSteps({ setup, steps, onFailure, teardown }: Pipeline): Iterable<AnyStep> {
  return everyStep([...setup, ...steps, ...onFailure, ...teardown]);
}

export function needsOfStep(step: AnyStep): readonly Capability[] {
  const fault = (step.verb === 'fault' ? step.args : step.fault) as Fault | { readonly do?: never } | undefined;
  return fault?.do === undefined ? needsOfVerb(step) : [...needsOfMoment(fault), ...(needsOfFault[fault.do] ?? []), ...needsOfVerb(step)];
}

/** The transports that a step names. */
export function transportsOfStep(step: AnyStep): readonly string[] {
  if (step.verb === 'connect') return decided(step.args.transport);
  return step.verb === 'wait' ? [...decided(step.args.until?.port), ...advertisedInStep(step)] : [];
}

/** The transports on which a step waits for the board to advertise. */
export function advertisedInStep(step: AnyStep): readonly string[] {
  return step.verb === 'wait' ? decided(step.args.until?.advertising) : [];
}

/** Nothing for a name that is only known when the step runs. */
function decided(name: string | undefined): readonly string[] {
  return name === undefined || name.includes('${{') ? [] : [name];
}

export const advertisingHint = 'boards advertise on transports over BLE only';

/** Whether a pipeline without `serve` can run over a transport. */
export const listeningHint =
  'its address has listen=on, and so waits for the board to ask: use it with `serve`, or put a transport with the address of its own server first in the bench';

/** Faults of links lie on the host's side. */
const needsOfFault: Readonly<Partial<Record<Fault['do'], readonly Capability[]>>> = {
  corrupt: ['corrupt'],
  knob: ['knob'],
  'power-cut': ['power'],
};

function needsOfMoment({ at = {} }: { readonly at?: FaultTrigger | undefined }): readonly Capability[] {
  const insight = (['flash-op', 'boot-phase', 'boot'] as const).some((moment) => at[moment] !== undefined);
  return [...(insight ? (['insight'] as const) : []), ...(at.log === undefined ? [] : (['console'] as const))];
}

const needsOfReset: Readonly<Partial<Record<NonNullable<ResetArgs['via']>, readonly Capability[]>>> = {
  smp: ['answers'],
  pin: ['reset-pin'],
  power: ['power'],
  debugger: ['reset-debugger'],
};

/** Expectations that ask the board. */
const askingNouns: readonly Noun[] = ['active', 'bricked', 'image', 'slots', 'state'];

function needsOfVerb(step: AnyStep): readonly Capability[] {
  switch (step.verb) {
    case 'provision':
      return ['provision'];
    case 'reset':
      return needsOfReset[(step.args.via ?? 'smp') as NonNullable<ResetArgs['via']>] ?? [];
    case 'power':
      return [
        step.args.off === true || step.args.on === true ? 'power-off' : 'power',
        ...needsOfMoment({ at: step.args.cut?.at as FaultTrigger | undefined }),
      ];
    case 'send':
      return ['console'];
    case 'wait':
      return step.args.until?.log === undefined ? [] : ['console'];
    case 'expect':
      return [
        ...('log' in step.args || 'boot' in step.args ? (['console'] as const) : []),
        ...(askingNouns.some((noun) => noun in step.args) ? (['answers'] as const) : []),
      ];
    case 'confirm':
    case 'echo':
    case 'erase':
    case 'files':
    case 'mark-pending':
    case 'settings':
    case 'shell':
    case 'smp':
    case 'upgrade':
    case 'upload':
      return ['answers'];
    default:
      return [];
  }
}
