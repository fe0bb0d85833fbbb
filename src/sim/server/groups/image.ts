/** The image group (1): lists, uploads, erases and activates images (smp.md 3.2, 4). */

import { assert } from '../../../base/assert.ts';
import { eraseSlot } from '../image/erase.ts';
import { listImages } from '../image/list.ts';
import { slotInfo } from '../image/slot-info.ts';
import { hasStateWrite, writeState } from '../image/state-write.ts';
import { createUploader } from '../image/upload.ts';
import type { Command, Group, ServerContext } from '../group.ts';

export function createImageGroup({ images: store, profile }: ServerContext): Group {
  assert(store !== undefined, 'an image group needs slots');
  const features = profile.image;
  const uploader = createUploader(store, features);
  const readState: Command = { read: () => listImages(store, features) };
  const state: Command = hasStateWrite(store.mode)
    ? { ...readState, write: (readFields) => writeState(readFields, store, features) }
    : readState;
  const commands: Record<number, Command> = {
    0: state,
    1: { write: (readFields) => uploader.handle(readFields) },
    5: { write: (readFields) => eraseSlot(readFields, store, { features, endUpload: () => uploader.end() }) },
  };
  if (features.slotInfo) commands[6] = { read: () => slotInfo(store, features) };
  return { id: 1, name: 'img mgmt', commands };
}
