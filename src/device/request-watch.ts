/** Since when requests for an update wait. One that a boot has passed over is stuck (dfu-clients.md 1.4, field failure A1). */

import type { ListedImage } from './images.ts';

export interface RequestWatch {
  /** Learns from an image list; `asked` when it answers a request for an update, which then waits anew. */
  observe(images: readonly ListedImage[], at: { readonly epoch: number; readonly asked: boolean }): void;
  /** Whether the request that image `image` holds in boot epoch `epoch` waited before that boot already. */
  isStuck(image: number, epoch: number): boolean;
  /** The flash was set past the firmware. */
  forget(): void;
}

export function createRequestWatch(): RequestWatch {
  /** By slot and hash: the boot epoch in which it was first seen to wait. */
  let waiting: ReadonlyMap<string, { readonly image: number; readonly epoch: number }> = new Map();
  return {
    observe: (images, { epoch, asked }) => {
      const requested = images.filter(({ pending, permanent }) => pending || permanent);
      waiting = new Map(
        requested.map(({ image, slot, hash }) => {
          const key = `${image}/${slot} ${hash}`;
          return [key, { image, epoch: asked ? epoch : (waiting.get(key)?.epoch ?? epoch) }];
        }),
      );
    },
    isStuck: (image, epoch) => [...waiting.values()].some((request) => request.image === image && request.epoch < epoch),
    forget: () => (waiting = new Map()),
  };
}
