/** What a client uploads, put together by offset as Zephyr's image group does (smp.md 4). */

import { equalBytes } from '../../base/bytes.ts';
import { BootproofError } from '../../base/errors.ts';
import { hash } from '../../mcuboot/hash.ts';
import { imageSizeMax, parseImage, type McubootImage } from '../../mcuboot/image.ts';
import type { CborMap, CborObject } from '../../smp/cbor.ts';
import { byteString, count, optional, required } from '../../smp/fields.ts';

export interface ReceivedImage {
  /** Bytes that were taken, those of uploads that were begun anew included. */
  readonly bytes: number;
  /** The file, once all of it is there. */
  readonly file: Uint8Array | undefined;
  /** The file as an image; undefined when it is none. */
  readonly image: McubootImage | undefined;
  /** The answer to an upload request; undefined for one without an upload, and for an upload that is empty or too large. Throws `SmpDecodeError`. */
  take(request: CborMap): CborObject | undefined;
  clear(): void;
}

interface Upload {
  readonly file: Uint8Array;
  readonly sha: Uint8Array | undefined;
  offset: number;
}

export function createReceivedImage(): ReceivedImage {
  let upload: Upload | undefined;
  let bytes = 0;

  const begin = (request: CborMap): void => {
    const length = required(request, 'len', count);
    const sha = optional(request, 'sha', byteString);
    if (upload !== undefined && isOpen(upload) && isSame(upload, length, sha)) return;
    upload = length === 0 || length > imageSizeMax ? undefined : { file: new Uint8Array(length), sha, offset: 0 };
  };
  return {
    get bytes() {
      return bytes;
    },
    get file() {
      return upload === undefined || isOpen(upload) ? undefined : upload.file;
    },
    get image() {
      return upload === undefined || isOpen(upload) ? undefined : imageIn(upload.file);
    },
    take: (request) => {
      const offset = required(request, 'off', count);
      const data = required(request, 'data', byteString);
      if (offset === 0) begin(request);
      if (upload === undefined || upload.offset + data.length > upload.file.length) return upload && { off: upload.offset };
      if (offset !== upload.offset) return { off: upload.offset };
      upload.file.set(data, offset);
      upload.offset += data.length;
      bytes += data.length;
      const match = isOpen(upload) || upload.sha === undefined ? undefined : equalBytes(hash('sha256', upload.file), upload.sha);
      return { off: upload.offset, match };
    },
    clear: () => (upload = undefined),
  };
}

function isOpen({ file, offset }: Upload): boolean {
  return offset < file.length;
}

/** Whether a first request goes on with what is there, instead of beginning anew. */
function isSame({ file, sha }: Upload, length: number, announced: Uint8Array | undefined): boolean {
  return announced !== undefined && sha !== undefined && file.length === length && equalBytes(sha, announced);
}

function imageIn(file: Uint8Array): McubootImage | undefined {
  try {
    return parseImage(file);
  } catch (thrown) {
    if (thrown instanceof BootproofError) return undefined;
    throw thrown;
  }
}
