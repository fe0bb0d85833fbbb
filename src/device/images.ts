/** The images and packages that a pipeline names: its inputs as bytes, and references to them as steps and expectations write them. */

import { BootproofError } from '../base/errors.ts';
import type { PackagedImage } from '../mcuboot/update-package.ts';
import type { ImageSlot } from '../smp/groups/image.ts';

/** An input of type image: the file as it is uploaded and what its header says. */
export interface InputImage {
  readonly name: string;
  readonly bytes: Uint8Array;
  /** The hash TLV in hex: what image lists show. Not the SHA-256 of the file. */
  readonly hash: string;
  /** As image lists show it: `1.2.3`, `1.2.3.4` with a build number. */
  readonly version: string;
}

/** An input of type package: a zip, and the images in it in the order of its manifest. */
export interface InputPackage {
  readonly name: string;
  /** SHA-256 of the zip in hex. */
  readonly hash: string;
  readonly size: number;
  readonly images: readonly PackagedImage[];
}

/** A slot with its hash in hex. */
export type ListedImage = Omit<ImageSlot, 'hash'> & { readonly hash: string | undefined };

/** What an image-valued parameter may be: an input's name, a slot number, or a quoted hash. */
export type ImageReference =
  | { readonly kind: 'input'; readonly image: InputImage }
  | { readonly kind: 'slot'; readonly slot: number }
  | { readonly kind: 'hash'; readonly hash: string };

const hashText = /^(?:[0-9a-f]{64}|[0-9a-f]{96}|[0-9a-f]{128})$/i;

/** Resolves an image-valued parameter. An input's name wins over a text that looks like a hash. */
export function resolveImage(value: string | number, images: ReadonlyMap<string, InputImage>): ImageReference {
  if (typeof value === 'number') return { kind: 'slot', slot: value };
  const image = images.get(value);
  if (image !== undefined) return { kind: 'input', image };
  if (hashText.test(value)) return { kind: 'hash', hash: value.toLowerCase() };
  throw new BootproofError(`"${value}" is no image: neither an input of this pipeline nor a hash`, {
    fault: 'input',
    code: 'image-unknown',
    hint: `inputs of type image: ${[...images.keys()].join(', ') || 'none'}`,
  });
}

/** How messages name a reference: `next (1.1.0, 3f2a91c0...)`. */
export function describeImage(reference: ImageReference): string {
  switch (reference.kind) {
    case 'input':
      return `${reference.image.name} (${reference.image.version}, ${shortHash(reference.image.hash)})`;
    case 'slot':
      return `the image in slot ${reference.slot}`;
    case 'hash':
      return shortHash(reference.hash);
  }
}

export function shortHash(hash: string): string {
  return hash.length > 12 ? `${hash.slice(0, 8)}...` : hash;
}
