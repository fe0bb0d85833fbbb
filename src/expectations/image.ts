/** `image`: one image in the device's list, where it is, and its flags. */

import { describeImages, matches, rawSlot, readImages } from '../device/image-state.ts';
import { describeImage, resolveImage } from '../device/images.ts';
import { met, polled } from './expectation.ts';
import { compareFlags } from './flags.ts';

export const image = polled<'image'>('image-differs', async (args, context, lookMs) => {
  const reference = resolveImage(args.image, context.images);
  const name = describeImage(reference);
  const images = await readImages(context, lookMs);
  const found = describeImages(images);
  const fail = (message: string): { met: false; message: string; found: string } => ({ met: false, message, found });

  const same = images.filter((entry) => matches(entry, reference));
  if (args.absent === true) return same.length === 0 ? met : fail(`${name} is still listed`);
  if (same.length === 0) return fail(`${name} is in no slot`);
  const inSlot = same.filter((entry) => args.slot === undefined || rawSlot(entry) === args.slot);
  if (inSlot.length === 0) return fail(`${name} is not in slot ${args.slot}`);
  const { pending, confirmed, permanent, bootable } = args;
  const wrong = inSlot.map((entry) => compareFlags(entry, { pending, confirmed, permanent, bootable }));
  // The same image may lie in both slots; one of them being as demanded is enough.
  return wrong.includes(undefined) ? met : fail(`${name} is listed, but ${wrong[0]}`);
});
