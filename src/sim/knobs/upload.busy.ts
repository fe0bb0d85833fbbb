/** A server that is busy with something else, and says so (field failure A10). */

import { coreCodes } from '../../smp/codes.ts';
import { refuse } from '../server/answer.ts';
import type { Knob } from './knob.ts';
import { isImageWrite } from './packets.ts';

export const busy: Knob<'upload.busy'> = (count) => {
  let left = count;
  return {
    commands: (commands) => ({
      handle: (header, fields) => {
        if (!isImageWrite(header, 'upload') || left === 0) return commands.handle(header, fields);
        left -= 1;
        return refuse(coreCodes.EBUSY);
      },
    }),
  };
};
