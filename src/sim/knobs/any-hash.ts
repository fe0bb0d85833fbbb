/**
 * Knob: a server that takes any hash for that of the image in the secondary slot, and so marks an image pending that nobody
 * asked for. What field report S4 would have met, had its server not looked.
 */

import { decodeCbor, encodeCbor, isCborMap } from '../../smp/cbor.ts';
import { groupNumbers } from '../../smp/codes.ts';
import { SmpDecodeError } from '../../smp/decode-error.ts';
import { decodeHeader, encodePacket, headerSize, smpOp } from '../../smp/header.ts';
import { readImageInfo } from '../images/info.ts';
import type { CborMap } from '../../smp/cbor.ts';
import type { ImageStore } from '../images/store.ts';
import type { SmpServer } from '../server/server.ts';

const secondary = 1;
/** The image group's state, with op write: mark pending, or confirm. */
const stateCommand = 0;

export function withAnyHash(server: SmpServer, store: ImageStore): SmpServer {
  return { ...server, handle: (packet, output) => server.handle(withSecondaryHash(packet, store), output) };
}

function withSecondaryHash(packet: Uint8Array, store: ImageStore): Uint8Array {
  const header = decodeHeader(packet);
  const isStateWrite = header?.group === groupNumbers.image && header.command === stateCommand && header.op === smpOp.write;
  const info = readImageInfo(store, secondary);
  if (!isStateWrite || typeof info === 'string') return packet;
  const fields = fieldsOf(packet.subarray(headerSize, headerSize + header.length));
  if (fields?.has('hash') !== true) return packet;
  return encodePacket(header, encodeCbor({ hash: info.hash, confirm: fields.get('confirm') === true }));
}

/** Undefined for what the server will refuse anyway. */
function fieldsOf(payload: Uint8Array): CborMap | undefined {
  try {
    const fields = decodeCbor(payload);
    return isCborMap(fields) ? fields : undefined;
  } catch (thrown) {
    if (thrown instanceof SmpDecodeError) return undefined;
    throw thrown;
  }
}
