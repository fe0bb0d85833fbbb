/** The profile that a user names. */

import { closestMatch } from 'leven';
import { builtInProfiles } from '../sim/profile.ts';
import type { SimProfile } from '../sim/profile.ts';
import { flagError } from './flags.ts';

export const defaultProfile = 'nrf52840dk';

/** Throws an input error with a suggestion for a name that no profile has. */
export function readProfile(name: string): SimProfile {
  const profile = Object.hasOwn(builtInProfiles, name) ? builtInProfiles[name] : undefined;
  if (profile !== undefined) return profile;
  const names = Object.keys(builtInProfiles);
  const near = closestMatch(name, names, { maxDistance: 3 });
  throw flagError(`there is no profile "${name}"`, near === undefined ? `there are: ${names.join(', ')}` : `did you mean ${near}?`);
}
