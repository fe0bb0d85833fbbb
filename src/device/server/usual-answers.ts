/** How a device with two slots answers that takes any upload: enough for clients that ask for nothing unusual. */

import { equalBytes } from '../../base/bytes.ts';
import { formatListedVersion } from '../../mcuboot/version.ts';
import type { CborInput, CborMap, CborObject } from '../../smp/cbor.ts';
import { coreCodes, groupCodes, groupNumbers } from '../../smp/codes.ts';
import { boolean, byteString, optional, required, text } from '../../smp/fields.ts';
import { smpOp, type SmpHeader } from '../../smp/header.ts';
import { imageErase, imageStateRead, imageUpload } from '../../smp/groups/image.ts';
import { osEcho, osParameters, osReset } from '../../smp/groups/os.ts';
import type { SmpCommand } from '../../smp/message.ts';
import type { ReceivedImage } from './received-image.ts';

/** What a request is answered with: fields, or the error that refuses it. */
export type ServerAnswer =
  | { readonly kind: 'fields'; readonly fields: CborObject }
  | { readonly kind: 'error'; readonly group?: number | undefined; readonly code: number };

export type UsualAnswers = (header: SmpHeader, request: CborMap) => ServerAnswer;

/** Requests that wait at a time, each of up to so many bytes: what `os params` says. */
export const servedBuffers = { size: 2048, count: 4 };

type Handler = (request: CborMap, op: 'read' | 'write') => ServerAnswer;

export function createUsualAnswers(received: ReceivedImage): UsualAnswers {
  let asked: 'pending' | 'permanent' | undefined;
  const handlers = new Map<string, Handler>([
    [keyOf(osEcho), (request) => fields({ r: required(request, 'd', text) })],
    [keyOf(osReset), () => fields({})],
    [keyOf(osParameters), () => fields({ buf_size: servedBuffers.size, buf_count: servedBuffers.count })],
    [
      keyOf(imageUpload),
      (request) => {
        asked = undefined;
        const answer = received.take(request);
        return answer === undefined ? error(coreCodes.EINVAL) : fields(answer);
      },
    ],
    [
      keyOf(imageErase),
      () => {
        received.clear();
        return fields({});
      },
    ],
    [
      keyOf(imageStateRead),
      (request, op) => {
        if (op === 'write') {
          if (!isReceived(received, optional(request, 'hash', byteString))) return hashNotFound;
          asked = optional(request, 'confirm', boolean) === true ? 'permanent' : 'pending';
        }
        return fields({ images: slots(received, asked) });
      },
    ],
  ]);
  return (header, request) => {
    const handler = handlers.get(keyOf(header));
    return handler === undefined ? error(coreCodes.ENOTSUP) : handler(request, header.op === smpOp.write ? 'write' : 'read');
  };
}

function keyOf({ group, command }: Pick<SmpCommand<never, unknown>, 'group' | 'command'>): string {
  return `${group}.${command}`;
}

const hashNotFound: ServerAnswer = { kind: 'error', group: groupNumbers.image, code: groupCodes.image.HASH_NOT_FOUND.code };

function fields(values: CborObject): ServerAnswer {
  return { kind: 'fields', fields: values };
}

function error(code: number): ServerAnswer {
  return { kind: 'error', code };
}

function isReceived({ image }: ReceivedImage, wanted: Uint8Array | undefined): boolean {
  return wanted === undefined || (image?.hash !== undefined && equalBytes(image.hash.digest, wanted));
}

/** A running image of which nothing is known, and what was uploaded. */
function slots({ image }: ReceivedImage, asked: 'pending' | 'permanent' | undefined): readonly CborInput[] {
  const state = { bootable: true, pending: false, confirmed: false, active: false, permanent: false };
  const running = { slot: 0, version: '0.0.0', hash: new Uint8Array(32), ...state, confirmed: true, active: true };
  if (image?.hash === undefined) return [running];
  const version = formatListedVersion(image.header.version);
  const flags = { ...state, pending: asked !== undefined, permanent: asked === 'permanent' };
  return [running, { slot: 1, version, hash: image.hash.digest, ...flags }];
}
