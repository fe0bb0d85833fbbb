/** What the code behind a verb is. */

import type { StepContext } from '../device/context.ts';
import type { Device } from '../device/device.ts';
import type { JsonValue } from '../events/event.ts';
import type { Verb, VerbArgs } from '../language/model.ts';
import type { ResolvedStep } from '../language/resolve.ts';

/** What expressions can read of a step; the schema's `x-result` lists the keys. */
export type StepResult = Readonly<Record<string, JsonValue>>;

export interface StepHandler<V extends Verb> {
  /** The time limit of a step that states none, in ms. */
  readonly timeoutMs: (step: ResolvedStep<V>, device: Device) => number;
  /** Does it, or throws: a `Failure` when the product did not do what was demanded. */
  readonly run: (args: VerbArgs[V], context: StepContext, step: ResolvedStep<V>) => Promise<StepResult>;
}

/** The time limit of an action that takes as long as a few requests do. */
export const shortMs = (): number => 60_000;

/** Steps that hold others are as long as these, within the limit of the attempt. */
export const innerMs = (): number => 24 * 3_600_000;

/** The value of a quantity that the schema has checked already. */
export function checked<T>(value: T | undefined): T {
  if (value === undefined) throw new TypeError('a quantity passed the schema and cannot be read');
  return value;
}
