/** The facts of a board, as `requires` reads them. */

import { groupName } from '../smp/codes.ts';
import type { SimFacts } from '../sim/device.ts';

/** What a simulated device knows of itself, overlaid with what the bench declares. */
export function factsOf(sim: SimFacts, declared: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const groups = sim.groups.map((group) => [groupName(group) ?? `group-${group}`, true] as const);
  const known = {
    bootloader: {
      mode: sim.mode,
      swap: sim.swap,
      'image-address': sim.imageAddress,
      ...(sim.networkCore && { pcd: true }),
      ...(sim.bootloaderSlots && { s0: sim.bootloaderSlots[0], s1: sim.bootloaderSlots[1] }),
    },
    images: sim.images,
    smp: { ...(Object.fromEntries(groups) as Record<string, true>), 'buf-size': sim.bufSize, 'buf-count': sim.bufCount },
    simulated: true,
    profile: sim.profile,
  };
  return mergeFacts(known, declared);
}

/** The facts of `above` win. */
export function mergeFacts(
  below: Readonly<Record<string, unknown>>,
  above: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  const merged: Record<string, unknown> = { ...below };
  for (const [key, value] of Object.entries(above)) {
    const other = merged[key];
    merged[key] = isTree(value) && isTree(other) ? mergeFacts(other, value) : value;
  }
  return merged;
}

function isTree(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
