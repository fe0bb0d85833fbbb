/** How an image is cut into upload requests: each as large as the server's buffer allows, measured by encoding it. */

import { BootproofError } from '../base/errors.ts';
import { imageUpload, type ImageUploadRequest } from '../smp/groups/image.ts';
import { encodeRequest } from '../smp/message.ts';
import type { RequestLimits } from './buffers.ts';

export interface ChunkOptions extends Pick<RequestLimits, 'packetMax' | 'dataMax'> {
  readonly image: Uint8Array;
  /** What the first request says about the whole upload. */
  readonly first: Pick<ImageUploadRequest, 'image' | 'sha' | 'upgrade'>;
  /** Where a chunk must end at the latest. */
  readonly end: number;
}

/** A server looks at the image's header in the first chunk and refuses less (smp.md 4.5). */
export const firstChunkMin = 32;

/**
 * The request that begins at `offset`. A first request whose SHA-256 leaves no room for the image's header goes
 * without it. Throws an input error where the buffer is too small for any upload.
 */
export function chunkAt(offset: number, options: ChunkOptions): ImageUploadRequest {
  const request = offset === 0 ? firstChunk(options) : fill({ offset, image: options.first.image }, options);
  if (request.data.length === 0) throw bufferTooSmall(options.packetMax);
  return request;
}

function firstChunk(options: ChunkOptions): ImageUploadRequest {
  const first = { ...options.first, offset: 0, length: options.image.length };
  const request = fill(first, options);
  const enough = request.data.length >= Math.min(firstChunkMin, options.end);
  return enough || first.sha === undefined ? request : fill({ ...first, sha: undefined }, options);
}

/** The request with as much data as there is room for; none if there is no room. */
function fill(request: Omit<ImageUploadRequest, 'data'>, { image, packetMax, dataMax, end }: ChunkOptions): ImageUploadRequest {
  const bare = encodeRequest(imageUpload, { ...request, data: new Uint8Array() }, { version: 1, sequence: 0 });
  const length = Math.min(dataThatFits(packetMax - bare.length), dataMax, end - request.offset);
  return { ...request, data: image.subarray(request.offset, request.offset + length) };
}

/** The longest byte string for which an empty one can be swapped in a packet with `room` bytes left: its head may grow. */
export function dataThatFits(room: number): number {
  let length = Math.max(0, room);
  while (length > 0 && length + headGrowth(length) > room) length -= 1;
  return length;
}

/** Bytes by which the CBOR head of a byte string is longer than that of an empty one. */
function headGrowth(length: number): number {
  if (length < 24) return 0;
  if (length < 256) return 1;
  return length < 65_536 ? 2 : 4;
}

export function bufferTooSmall(packetMax: number): BootproofError {
  return new BootproofError(`packets of ${packetMax} bytes leave no room for data`, {
    fault: 'input',
    code: 'buffer-too-small',
    hint: 'raise CONFIG_MCUMGR_TRANSPORT_NETBUF_SIZE in the firmware, or the MTU of the link',
  });
}
