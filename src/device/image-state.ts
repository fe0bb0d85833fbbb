/** The image list of a device, and references to images resolved against it. */

import { fromHex, toHex } from '../base/bytes.ts';
import { imageStateRead, imageStateWrite } from '../smp/groups/image.ts';
import type { ImageSlot } from '../smp/groups/image.ts';
import type { StepContext } from './context.ts';
import { Failure } from './failure.ts';
import { resolveImage, shortHash } from './images.ts';
import type { ImageReference, ListedImage } from './images.ts';

type Asking = Pick<StepContext, 'device' | 'signal' | 'images'>;

export async function readImages({ device, signal }: Asking, timeoutMs: number): Promise<readonly ListedImage[]> {
  const { slots } = await device.request(imageStateRead, undefined, { signal, timeoutMs });
  return learn(device, slots, { asked: false });
}

/** Marks an image pending (`confirm` false) or confirms it; gives the list that answers. A slot number stands for the hash that the device lists there. */
export async function writeImageState(
  context: Asking,
  { image, confirm }: { readonly image: string | number | undefined; readonly confirm: boolean },
): Promise<readonly ListedImage[]> {
  const hash = image === undefined ? undefined : await hashOf(context, resolveImage(image, context.images));
  const { device, signal } = context;
  const { slots } = await device.request(imageStateWrite, { hash, confirm }, { signal });
  if (confirm && hash === undefined) device.oracle?.granted();
  return learn(device, slots, { asked: hash !== undefined });
}

function learn(device: StepContext['device'], slots: readonly ImageSlot[], { asked }: { readonly asked: boolean }): readonly ListedImage[] {
  const { epoch } = device.console;
  const images = slots.map(listed);
  device.oracle?.observe(slots, epoch);
  device.requests.observe(images, { epoch, asked });
  return images;
}

/** An image list takes a server that checks signatures (serial recovery) seconds per slot. */
const listMs = 10_000;

async function hashOf(context: Asking, reference: ImageReference): Promise<Uint8Array | undefined> {
  if (reference.kind === 'input') return fromHex(reference.image.hash);
  if (reference.kind === 'hash') return fromHex(reference.hash);
  const images = await readImages(context, listMs);
  const found = images.find((image) => matches(image, reference));
  if (found?.hash === undefined) {
    throw new Failure(`slot ${reference.slot} holds no image`, { code: 'slot-empty', found: describeImages(images) });
  }
  return fromHex(found.hash);
}

/** Whether a listed image is the one that a reference names. Slots count as SMP's erase counts them: 2 * image + slot. */
export function matches(image: ListedImage, reference: ImageReference): boolean {
  switch (reference.kind) {
    case 'input':
      return image.hash === reference.image.hash;
    case 'hash':
      return image.hash === reference.hash;
    case 'slot':
      return rawSlot(image) === reference.slot;
  }
}

export function rawSlot({ image, slot }: Pick<ImageSlot, 'image' | 'slot'>): number {
  return image * 2 + slot;
}

const flagNames = ['active', 'confirmed', 'pending', 'permanent'] as const;

/** An image list in one line: `slot 0: 1.0.0 (3f2a91c0...) active confirmed; slot 1: empty` is what reports show. */
export function describeImages(images: readonly ListedImage[]): string {
  if (images.length === 0) return 'no images';
  return images.map((image) => `slot ${rawSlot(image)}: ${describeListed(image)}`).join('; ');
}

function describeListed(image: ListedImage): string {
  const flags = flagNames.filter((flag) => image[flag]);
  return [image.version, `(${shortHash(image.hash ?? 'no hash')})`, ...flags].join(' ');
}

function listed(slot: ImageSlot): ListedImage {
  return { ...slot, hash: slot.hash === undefined ? undefined : toHex(slot.hash) };
}
