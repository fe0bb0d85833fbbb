/**
 * The SMP servers that are built in, by release (smp.md section 0). A new release or product is an entry: what it changes
 * in the one before or after it.
 */

import { assert } from '../../base/assert.ts';
import { mynewt } from './mynewt.ts';
import { olderServers } from './older-releases.ts';
import { changedProfile, earlier } from './profile.ts';
import { z44 } from './z44.ts';
import type { ServerOverrides, ServerProfile } from './profile.ts';

/** The built-in profile with this name, changed by `overrides`. */
export function serverProfile(name: string, overrides: ServerOverrides = {}): ServerProfile {
  const base = serverProfiles[name];
  assert(base !== undefined, `no server profile "${name}"`);
  return changedProfile(base, overrides);
}

const z42 = earlier(z44, '4.2.0', { image: { confirmInactiveSlot: 'always' }, settings: { savesSubtrees: false } });

const z40 = earlier(z42, '4.0.0', { os: { bootMode: false }, image: { allowErasePending: false } });

const z37 = earlier(z40, '3.7.0', {
  protocol: { successRc: 'statistics' },
  groups: [8, 1, 0, 3, 9, 2, 63],
  image: { slotInfo: false },
});

const z35 = earlier(z37, '3.5.0', { os: { bootloaderQueries: 'first' } });

const zephyr = [z44, z42, z40, z37, z35, ...olderServers(z35)];

/** Built-in server profiles by name: `z` and the Zephyr release, or `mynewt`. A release that is not listed behaves as the next one down. */
export const serverProfiles: Readonly<Record<string, ServerProfile>> = Object.fromEntries(
  [...zephyr, mynewt(zephyr.find(({ name }) => name === 'z2.7')!)].map((profile) => [profile.name, profile]),
);
