/** A server that does not reset as it is told: it says yes and forgets it, or takes its time, or refuses. */

import { groupNumbers } from '../../smp/codes.ts';
import { smpOp } from '../../smp/header.ts';
import { answerMap, refuse } from '../server/answer.ts';
import type { Knob } from './knob.ts';
import { osCommand } from './packets.ts';

/** Longer than the reset deadlines of clients. */
const lateMs = 60_000;

export const reset: Knob<'os.reset'> = (what, { device }) => ({
  commands: (commands) => ({
    handle: (header, fields) => {
      const isReset = header.group === groupNumbers.os && header.command === osCommand.reset && header.op === smpOp.write;
      if (!isReset) return commands.handle(header, fields);
      if (what === 'late') device.after(lateMs, 'late reset', () => device.restart());
      return typeof what === 'number' ? refuse(what) : answerMap();
    },
  }),
});
