/** What a server makes of a first chunk that it gets again, because its answer was lost or late. */

import { answerMap } from '../server/answer.ts';
import type { Knob } from './knob.ts';
import { isImageWrite } from './packets.ts';
import { readChunk } from './upload-chunks.ts';

export const duplicateFirst: Knob<'upload.duplicate-first'> = (what, { device }) => ({
  commands: (commands) => ({
    handle: (header, fields) => {
      const { memory } = device.store;
      const isFirst = isImageWrite(header, 'upload') && readChunk(fields)?.off === 0;
      if (!isFirst || memory.upload === undefined) return commands.handle(header, fields);
      switch (what) {
        case 'restart':
          memory.upload = undefined;
          return commands.handle(header, fields);
        case 'resume':
          return answerMap(['off', memory.upload.off]);
        case 'ignore':
          return { kind: 'silence' };
      }
    },
  }),
});
