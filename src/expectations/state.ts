/** `state`: where the update of one image stands. */

import { describeImages, readImages } from '../device/image-state.ts';
import { updateStateOf } from '../device/update-state.ts';
import { met, polled } from './expectation.ts';

export const state = polled<'state'>('state-differs', async ({ state: wanted, target = 0 }, context, lookMs) => {
  const { requests, console } = context.device;
  const images = await readImages(context, lookMs);
  const slots = images.filter(({ image }) => image === target);
  const found = updateStateOf(slots, requests.isStuck(target, console.epoch));
  if (found === wanted) return met;
  const subject = target === 0 ? 'the update' : `the update of image ${target}`;
  const message =
    found === undefined ? `no slot of image ${target} is listed as active` : `the state of ${subject} is ${found}, not ${wanted}`;
  return { met: false, message, found: describeImages(images), wanted };
});
