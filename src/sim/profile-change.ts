/** What a running device is told to be like: the parts of its profile that may change while it lives. */

import type { SimProfile } from './profile.ts';

type Changeable = Pick<SimProfile, 'bootloader' | 'server' | 'application' | 'links' | 'knobs'>;

/** Knobs change at once, everything else with the next boot. */
export type ProfileChange = Partial<{ readonly [Key in keyof Changeable]: Parts<NonNullable<Changeable[Key]>> | undefined }>;

/** Lists and texts are whole values. */
type Parts<Value> = Value extends string | number | boolean | readonly unknown[]
  ? Value
  : { readonly [Key in keyof Value]?: Parts<Value[Key]> | undefined };

/** The profile with every value of the change in place of its own. Knobs are whole values, however they look inside. */
export function changedBy(profile: SimProfile, { knobs, ...change }: ProfileChange): SimProfile {
  const changed = merged(profile, change) as SimProfile;
  // The language has checked that each value is one that its place can have.
  return knobs === undefined ? changed : { ...changed, knobs: { ...profile.knobs, ...knobs } as NonNullable<SimProfile['knobs']> };
}

function merged(below: unknown, above: unknown): unknown {
  if (!isRecord(below) || !isRecord(above)) return above;
  const entries = Object.entries(above).map(([key, value]) => [key, merged(below[key], value)] as const);
  return { ...below, ...Object.fromEntries(entries) };
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
