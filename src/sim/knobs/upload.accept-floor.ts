/** A server that takes only whole units of a chunk, and the rest with the next one (field failures B9 and B10). */

import { bytesOf } from '../../base/measures.ts';
import type { Knob } from './knob.ts';
import { isImageWrite } from './packets.ts';
import { readChunk, withFields } from './upload-chunks.ts';

export const acceptFloor: Knob<'upload.accept-floor'> = (written) => {
  const unit = bytesOf(written);
  let size = 0;
  return {
    commands: (commands) => ({
      handle: (header, fields) => {
        const chunk = isImageWrite(header, 'upload') ? readChunk(fields) : undefined;
        const { data, off = 0, len = 0 } = chunk ?? {};
        if (data === undefined) return commands.handle(header, fields);
        if (off === 0) size = len;
        const isLast = off + data.length >= size;
        // Something is always taken: a client would send the same for ever.
        const taken = isLast || data.length < unit ? data.length : data.length - (data.length % unit);
        return commands.handle(header, withFields(fields, { data: data.subarray(0, taken) }));
      },
    }),
  };
};
