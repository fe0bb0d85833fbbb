/** Rewrites recorded image requests for stand-ins, and knows which chunks of an upload were not recorded. */

import { toHex } from '../../../src/base/bytes.ts';
import { decodeCbor, encodeCbor, isCborMap } from '../../../src/smp/cbor.ts';
import { parseCbor } from '../../../src/smp/cbor-item.ts';
import { encodePacket, headerSize, smpOp } from '../../../src/smp/header.ts';
import { answeredPackets, bytesOf, hexMember, member, requestPackets } from './record.ts';
import { hashOf, shapeOf, standIn } from './stand-ins.ts';
import type { Exchange, RecordedPacket } from './record.ts';
import type { HashBindings } from './stand-ins.ts';

const imageGroup = 1;
const stateCommand = 0;
const uploadCommand = 1;

/** What to write in place of a recorded request. */
export interface Rewrite {
  readonly packet: Uint8Array;
  /** Chunks that were not recorded lie between these offsets. */
  readonly missing?: { readonly from: number; readonly to: number };
  /** A sound chunk that the recorded server did not answer: it never arrived (real-servers.md, surprise 9). */
  readonly lost: boolean;
}

export class Uploads {
  readonly #hashes: HashBindings;
  readonly #packetMax: number;
  #image: Uint8Array = new Uint8Array();
  #off = 0;
  #chunkSize = 0;

  /** Longer packets reach no server. */
  constructor(hashes: HashBindings, packetMax: number) {
    this.#hashes = hashes;
    this.#packetMax = packetMax;
  }

  /** Undefined for requests that are written as recorded. */
  rewrite(exchange: Exchange): Rewrite | undefined {
    const request = requestPackets(exchange);
    const packet = request.length === 1 ? request[0] : undefined;
    if (packet?.group !== imageGroup || packet.op !== smpOp.write) return undefined;
    if (packet.id === stateCommand) return this.#rewriteState(packet);
    return packet.id === uploadCommand ? this.#rewriteChunk(packet, exchange) : undefined;
  }

  /** A request for the chunk at `off`, as long as those before it. */
  chunk(off: number, end: number): Uint8Array {
    const data = this.#image.subarray(off, Math.min(off + this.#chunkSize, end));
    const header = { op: smpOp.write, version: 1, flags: 0, group: imageGroup, sequence: 0, command: uploadCommand };
    return encodePacket(header, encodeCbor({ off, data }));
  }

  /** Takes the offset from an answer of the simulated server. */
  noteAnswer(answer: Uint8Array): number {
    const payload = decodeCbor(answer.subarray(headerSize));
    const off = isCborMap(payload) ? payload.get('off') : undefined;
    if (typeof off === 'number') this.#off = off;
    return this.#off;
  }

  /** The last chunk of an image shows its hash. */
  #bindHash(lastChunk: Uint8Array): void {
    const tlv = toHex(lastChunk.subarray(-(hashTlvHead.length / 2 + hashSize)));
    if (tlv.startsWith(hashTlvHead)) this.#hashes.match(tlv.slice(hashTlvHead.length), hashOf(this.#image));
  }

  #rewriteState(packet: RecordedPacket): Rewrite | undefined {
    const simulated = this.#hashes.simulatedFor(hexMember(packet.payload, 'hash') ?? '');
    if (simulated === undefined) return undefined;
    return { packet: replaceBytes(bytesOf(packet.smp_hex), 'hash', bytesOf(simulated)), lost: false };
  }

  #rewriteChunk(packet: RecordedPacket, exchange: Exchange): Rewrite | undefined {
    const [off, hex] = [member(packet.payload, 'off'), hexMember(packet.payload, 'data')];
    if (typeof off !== 'number' || hex === undefined) return undefined;
    const recorded = bytesOf(hex);
    if (off === 0) {
      const shape = shapeOf(recorded);
      if (shape === undefined) return undefined;
      this.#image = standIn(shape, { damaged: exchange.name.includes('corrupt') });
    }
    const data = this.#image.subarray(off, off + recorded.length);
    if (data.length < recorded.length) return undefined;
    if (off + recorded.length === this.#image.length) this.#bindHash(recorded);
    const lost = off > 0 && exchange.silence === true && exchange.alive_after !== false && packet.smp_hex.length / 2 <= this.#packetMax;
    const accepted = lost || member(answeredPackets(exchange)[0]?.payload, 'off') === off + recorded.length;
    const missing = accepted && off > this.#off && this.#chunkSize > 0 ? { from: this.#off, to: off } : undefined;
    if (accepted) this.#chunkSize = recorded.length;
    return { packet: replaceBytes(bytesOf(packet.smp_hex), 'data', data), lost, ...(missing === undefined ? {} : { missing }) };
  }
}

/** Type and length of the hash TLV, with which images without a signature end. */
const hashTlvHead = '10002000';
const hashSize = 32;

/** The packet with another byte string of the same length under `key`. */
function replaceBytes(packet: Uint8Array, key: string, bytes: Uint8Array): Uint8Array {
  const { item } = parseCbor(packet, headerSize);
  const entries = item.kind === 'map' ? item.entries : [];
  const found = entries.find((entry) => entry.key.kind === 'text' && Buffer.from(entry.key.bytes).toString() === key);
  if (found !== undefined) packet.set(bytes, found.value.end - bytes.length);
  return packet;
}
