/**
 * A server that takes any hash for that of the image in the secondary slot, and so marks an image pending that nobody
 * asked for. What field report S4 would have met, had its server not looked.
 */

import { readImageInfo } from '../images/info.ts';
import type { FieldReader } from '../server/fields.ts';
import type { Knob } from './knob.ts';
import { isImageWrite } from './packets.ts';

const secondary = 1;

export const anyHash: Knob<'state.any-hash'> = (on, { device }) =>
  on
    ? {
        commands: (commands) => ({
          handle: (header, fields) => {
            const info = readImageInfo(device.store, secondary);
            if (typeof info === 'string' || !isImageWrite(header, 'state')) return commands.handle(header, fields);
            return commands.handle(header, withHash(fields, info.hash));
          },
        }),
      }
    : {};

/** The same fields, with another hash where there is one. */
function withHash(fields: FieldReader, hash: Uint8Array): FieldReader {
  return (spec) => {
    const found = fields(spec);
    return found !== undefined && 'hash' in found ? { ...found, hash } : found;
  };
}
