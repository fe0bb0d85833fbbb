/** MCUboot's serial recovery: a small SMP server of its own, with other manners than Zephyr's (smp.md 6). */

import { equalBytes } from '../../base/bytes.ts';
import { encodeCbor } from '../../smp/cbor.ts';
import { coreCodes, groupNumbers } from '../../smp/codes.ts';
import { decodeHeader, encodePacket, headerSize, smpOp } from '../../smp/header.ts';
import { setNext, swapType } from '../bootloader/index.ts';
import { mapOf } from '../server/answer.ts';
import { createFieldReader } from '../server/fields.ts';
import { flashWorks } from '../server/image/erase.ts';
import { imageList, listedImages } from './listing.ts';
import { createRecoveryUploader } from './upload.ts';
import type { SmpHeader } from '../../smp/header.ts';
import type { Entries } from '../server/answer.ts';
import type { FieldReader } from '../server/fields.ts';
import type { SmpServer } from '../server/server.ts';
import type { RecoveryContext } from './context.ts';
import type { RecoveryUploader } from './upload.ts';

/** The three bits in front of the version, which come back as they were. */
const reservedBits = 0b1110_0000;

export function createRecoveryServer(context: RecoveryContext): SmpServer {
  const uploader = createRecoveryUploader(context);
  return {
    handle: (packet, output) => {
      const header = decodeHeader(packet);
      if (header === undefined || !isRequest(header) || header.length < packet.length - headerSize) return;
      const entries = answer(header, packet.subarray(headerSize), { context, uploader });
      if (entries === undefined) return;
      const response = encodePacket({ ...header, op: header.op + 1, flags: 0 }, encodeCbor(mapOf(...entries), { indefinite: true }));
      response[0]! |= packet[0]! & reservedBits;
      output(response);
    },
    outOfBuffers: () => undefined,
  };
}

function isRequest(header: SmpHeader): boolean {
  return header.op === smpOp.read || header.op === smpOp.write;
}

function answer(
  header: SmpHeader,
  payload: Uint8Array,
  parts: { context: RecoveryContext; uploader: RecoveryUploader },
): Entries | undefined {
  const { context, uploader } = parts;
  const readFields = createFieldReader(payload, context.features.decoder);
  switch (header.group) {
    case 0:
      return answerOs(header, readFields, context);
    case 1:
      return answerImage(header, { context, uploader, payload, readFields });
    case groupNumbers['zephyr-basic']:
      return eraseStorage(header, context);
    default:
      return rc(coreCodes.ENOTSUP);
  }
}

/** As `boot/zephyr/boot_serial_extension_zephyr_basic.c` of MCUboot: the one command, or ENOTSUP; 1 where there is no partition, or its flash fails. */
function eraseStorage({ op, command }: SmpHeader, context: RecoveryContext): Entries {
  const { features, storage } = context;
  if (!features.storageErase || op !== smpOp.write || command !== 0) return rc(coreCodes.ENOTSUP);
  if (storage === undefined || !flashWorks(() => storage.erase(0, storage.size))) return rc(coreCodes.EUNKNOWN);
  context.storageErased();
  return rc(coreCodes.EOK);
}

/** Undefined where there is no answer at all. */
function answerOs(header: SmpHeader, readFields: FieldReader, context: RecoveryContext): Entries | undefined {
  const { features } = context;
  switch (header.command) {
    case 0:
      if (features.echo === 'answered') return echo(readFields);
      return features.echo === 'refused' ? rc(coreCodes.ENOTSUP) : undefined;
    case 1:
      return rc(coreCodes.EOK);
    case 5:
      context.requestReset(features.resetDelayMs);
      return rc(coreCodes.EOK);
    case 6:
      return features.params
        ? [
            ['buf_size', features.receiveSize],
            ['buf_count', 1],
          ]
        : rc(coreCodes.ENOTSUP);
    default:
      return rc(coreCodes.ENOTSUP);
  }
}

function echo(readFields: FieldReader): Entries {
  const text = readFields({ d: 'text' })?.d;
  return text === undefined ? rc(coreCodes.EINVAL) : [['r', text]];
}

interface ImageRequest {
  readonly context: RecoveryContext;
  readonly uploader: RecoveryUploader;
  readonly payload: Uint8Array;
  readonly readFields: FieldReader;
}

function answerImage(header: SmpHeader, { context, uploader, payload, readFields }: ImageRequest): Entries {
  const { features } = context;
  switch (header.command) {
    case 0:
      if (header.op === smpOp.read) return imageList(context);
      return features.imageState ? writeState(readFields, context) : rc(coreCodes.ENOTSUP);
    case 1:
      return uploader.handle(payload, readFields);
    case 6:
      return features.slotInfo && header.op === smpOp.read ? slotInfo(context) : rc(coreCodes.ENOTSUP);
    default:
      return rc(coreCodes.ENOTSUP);
  }
}

/** Marks the image with the given hash; without a hash the primary of image 0. bootutil's errors come out as they are. */
function writeState(readFields: FieldReader, context: RecoveryContext): Entries {
  const { areas, config } = context;
  const fields = readFields({ confirm: 'bool', hash: 'bytes' });
  const { confirm = false, hash = new Uint8Array() } = fields ?? {};
  if (fields === undefined || (hash.length !== 0 && hash.length !== 32)) return rc(coreCodes.EINVAL);
  if (hash.length === 0 && areas.images.length > 1) return rc(coreCodes.EINVAL);
  const listed = listedImages(context).find((image) => hash.length === 0 || (image.hash !== undefined && equalBytes(image.hash, hash)));
  if (listed === undefined) return rc(coreCodes.ENOENT);
  const primary = listed.slot === 0;
  const refused = hash.length === 0 ? undefined : stateRefusal({ primary, confirm }, swapType(areas, config, listed.image));
  if (refused !== undefined) return rc(refused);
  const status = setNext(listed.area, config, { active: primary, confirm, image: listed.image });
  return status === 0 ? imageList(context) : rc(status);
}

function stateRefusal(request: { primary: boolean; confirm: boolean }, type: ReturnType<typeof swapType>): number | undefined {
  if (request.primary && !request.confirm) return coreCodes.EINVAL;
  if (type === 'test' || type === 'perm') return coreCodes.EBADSTATE;
  return type === 'revert' && (!request.primary || !request.confirm) ? coreCodes.EBADSTATE : undefined;
}

function slotInfo({ areas, features }: RecoveryContext): Entries {
  const images = areas.images.map((pair, image) => {
    const slots = [pair.primary, pair.secondary].map((area, slot) => {
      if (area === undefined) return mapOf(['slot', slot], ['rc', -2]);
      const target = features.directUpload ? image * 2 + slot + 1 : slot === 0 ? image : undefined;
      return mapOf(['slot', slot], ['size', area.size], ...(target === undefined ? [] : [['upload_image_id', target] as const]));
    });
    return mapOf(['image', image], ['slots', slots]);
  });
  return [['images', images]];
}

function rc(code: number): Entries {
  return [['rc', code]];
}
