/** `slots`: the device's whole image list. */

import { describeImages, matches, rawSlot, readImages } from '../device/image-state.ts';
import type { ListedImage, InputImage } from '../device/images.ts';
import { describeImage, resolveImage } from '../device/images.ts';
import type { SlotsArgs } from '../language/grammar.generated.ts';
import { met, polled } from './expectation.ts';
import { compareFlags } from './flags.ts';

type SlotDemand = SlotsArgs['slots'][number];

export const slots = polled<'slots'>('slots-differ', async (args, context, lookMs) => {
  const listed = await readImages(context, lookMs);
  const problems = args.slots.map((demand) => problemOf(demand, listed, context.images));
  const named = new Set(args.slots.map(slotOf));
  const extra = args.exact === true ? listed.filter((entry) => !named.has(rawSlot(entry))) : [];
  const wrong = [...problems, ...extra.map((entry) => `slot ${rawSlot(entry)} is not empty`)].filter((problem) => problem !== undefined);
  return wrong.length === 0 ? met : { met: false, message: wrong.join('; '), found: describeImages(listed) };
});

function slotOf({ slot, target }: SlotDemand): number {
  return (target ?? 0) * 2 + slot;
}

function problemOf(demand: SlotDemand, listed: readonly ListedImage[], images: ReadonlyMap<string, InputImage>): string | undefined {
  const slot = slotOf(demand);
  const held = listed.find((entry) => rawSlot(entry) === slot);
  if (demand.empty === true) return held === undefined ? undefined : `slot ${slot} is not empty`;
  if (held === undefined) return demand.empty === false || asksForImage(demand) ? `slot ${slot} holds no image` : undefined;
  const reference = demand.image === undefined ? undefined : resolveImage(demand.image, images);
  if (reference !== undefined && !matches(held, reference)) return `slot ${slot} does not hold ${describeImage(reference)}`;
  if (demand.version !== undefined && held.version !== demand.version)
    return `slot ${slot} holds version ${held.version}, not ${demand.version}`;
  const { active, confirmed, pending, permanent, bootable } = demand;
  const wrong = compareFlags(held, { active, confirmed, pending, permanent, bootable });
  return wrong === undefined ? undefined : `slot ${slot}: ${wrong}`;
}

function asksForImage({ image, version, active, confirmed, pending, permanent, bootable }: SlotDemand): boolean {
  return [image, version, active, confirmed, pending, permanent, bootable].some((value) => value !== undefined);
}
