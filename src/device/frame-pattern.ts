/** What an SMP packet must hold, as pipelines write it. */

import type { JsonValue } from '../events/event.ts';
import type { FramePattern } from '../language/grammar.generated.ts';
import { decodeCbor, isCborMap } from '../smp/cbor.ts';
import { groupNumber } from '../smp/codes.ts';
import { SmpDecodeError } from '../smp/decode-error.ts';
import { smpOp, type SmpHeader } from '../smp/header.ts';
import { splitPacket } from '../smp/message.ts';
import { jsonFields } from './smp-json.ts';

const ops: Readonly<Record<NonNullable<FramePattern['op']>, number>> = {
  read: smpOp.read,
  'read-response': smpOp.readResponse,
  write: smpOp.write,
  'write-response': smpOp.writeResponse,
};

interface Frame {
  readonly header: SmpHeader | undefined;
  readonly packet: Uint8Array;
}

export function fitsPattern({ header, packet }: Frame, { op, group, command, seq, payload }: FramePattern): boolean {
  if (header === undefined) return false;
  const number = typeof group === 'string' ? groupNumber(group) : group;
  const fits =
    (op === undefined || header.op === ops[op]) &&
    (group === undefined || header.group === number) &&
    (command === undefined || header.command === command) &&
    (seq === undefined || header.sequence === seq);
  return fits && (payload === undefined || hasValues(packet, payload));
}

function hasValues(packet: Uint8Array, wanted: NonNullable<FramePattern['payload']>): boolean {
  const fields = fieldsOf(packet);
  return Object.entries(wanted).every(([path, value]) => valueAt(fields, path) === value);
}

/** A packet whose payload is no map has no values. */
function fieldsOf(packet: Uint8Array): JsonValue {
  try {
    const payload = decodeCbor(splitPacket(packet).payload);
    return isCborMap(payload) ? jsonFields(payload) : {};
  } catch (thrown) {
    if (thrown instanceof SmpDecodeError) return {};
    throw thrown;
  }
}

function valueAt(fields: JsonValue, path: string): JsonValue | undefined {
  let value: JsonValue | undefined = fields;
  for (const key of path.split('.')) {
    value =
      typeof value === 'object' && value !== null && Object.hasOwn(value, key)
        ? (value as Readonly<Record<string, JsonValue>>)[key]
        : undefined;
  }
  return value;
}
