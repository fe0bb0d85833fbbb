/** `active`: the image that runs. */

import { matches, describeImages, readImages } from '../device/image-state.ts';
import { describeImage, resolveImage } from '../device/images.ts';
import { compareFlags } from './flags.ts';
import { met, polled } from './expectation.ts';

export const active = polled<'active'>('active-differs', async (args, context, lookMs) => {
  const reference = resolveImage(args.active, context.images);
  const images = await readImages(context, lookMs);
  const found = describeImages(images);
  const wanted = `${describeImage(reference)} active`;
  const running = images.find((image) => image.active && matches(image, reference));
  if (running === undefined) return { met: false, message: `${describeImage(reference)} is not the running image`, found, wanted };
  const wrong = compareFlags(running, { confirmed: args.confirmed });
  return wrong === undefined ? met : { met: false, message: `${describeImage(reference)} runs, but ${wrong}`, found, wanted };
});
