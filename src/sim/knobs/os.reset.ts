/** A server that does not reset: it says yes and forgets it, or refuses. */

import { groupNumbers } from '../../smp/codes.ts';
import { smpOp } from '../../smp/header.ts';
import { answerMap, refuse } from '../server/answer.ts';
import type { Knob } from './knob.ts';
import { osCommand } from './packets.ts';

export const reset: Knob<'os.reset'> = (what) => ({
  commands: (commands) => ({
    handle: (header, fields) => {
      const isReset = header.group === groupNumbers.os && header.command === osCommand.reset && header.op === smpOp.write;
      if (!isReset) return commands.handle(header, fields);
      return typeof what === 'number' ? refuse(what) : answerMap();
    },
  }),
});
