/** A serial recovery that hangs when it is sent another image than the first one, such as that of a network core (field failure E8). */

import { decodeHeader, headerSize } from '../../smp/header.ts';
import { createFieldReader } from '../server/fields.ts';
import type { Knob } from './knob.ts';
import { isImageWrite } from './packets.ts';

export const net: Knob<'recovery.net'> = () => {
  let hangs = false;
  return {
    state: () => (hangs = false),
    recovery: (recovery) => ({
      ...recovery,
      handle: (packet, output) => {
        hangs ||= isOtherImage(packet);
        if (!hangs) recovery.handle(packet, output);
      },
    }),
  };
};

function isOtherImage(packet: Uint8Array): boolean {
  const header = decodeHeader(packet);
  if (header === undefined || !isImageWrite(header, 'upload')) return false;
  const fields = createFieldReader(packet.subarray(headerSize), { library: 'zcbor', canonical: false });
  return (fields({ image: 'uint32' })?.image ?? 0) !== 0;
}
