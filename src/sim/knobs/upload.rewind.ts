/** A server that forgets an upload in its middle and asks for offset 0 (field failure B16: clients that begin anew without length). */

import { bytesOf } from '../../base/measures.ts';
import { answerMap } from '../server/answer.ts';
import type { Knob } from './knob.ts';
import { isImageWrite } from './packets.ts';
import { readChunk } from './upload-chunks.ts';

export const rewind: Knob<'upload.rewind'> = (at, { device }) => {
  let rewound = false;
  return {
    commands: (commands) => ({
      handle: (header, fields) => {
        const { off = 0 } = (isImageWrite(header, 'upload') && readChunk(fields)) || {};
        if (rewound || off < bytesOf(at)) return commands.handle(header, fields);
        rewound = true;
        device.store.memory.upload = undefined;
        return answerMap(['off', 0]);
      },
    }),
  };
};
