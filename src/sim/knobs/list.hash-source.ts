/** A server that lists the hash of what lies in a slot, where Zephyr's lists the one that was written there with the image. */

import { hash, hashAlgorithmOf } from '../../mcuboot/hash.ts';
import { decodeRawHeader, imageHeaderSize, tlvOffset } from '../bootloader/header.ts';
import { startOffset } from '../images/store.ts';
import type { ImageStore } from '../images/store.ts';
import { mapOf } from '../server/answer.ts';
import { slotOf, withLists } from './image-lists.ts';
import type { Knob } from './knob.ts';

export const hashSource: Knob<'list.hash-source'> = (source, { device }) => {
  if (source === 'tlv') return {};
  return withLists((images) =>
    images.map((listed) => {
      const computed = computedHash(device.store, slotOf(listed));
      return mapOf(...listed.entries.map(([key, value]) => [key as string, key === 'hash' ? (computed ?? value) : value] as const));
    }),
  );
};

/** Over header, program and protected TLVs, as MCUboot hashes them. */
function computedHash(store: ImageStore, slot: number): Uint8Array | undefined {
  const area = store.area(slot);
  const algorithm = hashAlgorithmOf(store.hash.tlvType);
  if (area === undefined || algorithm === undefined) return undefined;
  const start = startOffset(store, slot);
  const header = decodeRawHeader(area.read(start, imageHeaderSize));
  const size = tlvOffset(header) + header.protectedTlvSize;
  return start + size > area.size ? undefined : hash(algorithm, area.read(start, size));
}
