/** BLE: packets in attribute writes and notifications (smp.md 5.4). */

import { decodeHeader, headerSize } from '../../smp/header.ts';
import { concatBytes } from '../../base/bytes.ts';
import type { BleProfile } from '../profile.ts';
import type { Framing } from './framing.ts';

/** Bytes of an ATT packet that its own header takes. */
const attOverhead = 3;

/** With `security` every write is dropped: writes without response have no way to be refused. */
export function createBleFraming(options: BleProfile & { readonly bufferSize: number }): Framing {
  const { reassembly, bufferSize, security } = options;
  const pieceMax = options.mtu - attOverhead;
  let partial: Uint8Array = new Uint8Array();
  return {
    receive: (bytes, packet) => {
      if (security !== undefined || bytes.length > pieceMax) return;
      if (!reassembly) return packet(bytes.slice());
      const joined = concatBytes([partial, bytes]);
      partial = new Uint8Array();
      const header = decodeHeader(joined);
      const length = headerSize + (header?.length ?? 0);
      // Too short to begin with, too long for the buffer, or longer than announced: dropped without a word.
      if (header === undefined || length > bufferSize || joined.length > length) return;
      if (joined.length === length) packet(joined);
      else partial = joined;
    },
    frame: (response) =>
      Array.from({ length: Math.ceil(response.length / pieceMax) }, (_, index) =>
        response.subarray(index * pieceMax, (index + 1) * pieceMax),
      ),
  };
}
