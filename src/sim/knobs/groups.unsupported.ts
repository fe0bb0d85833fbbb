/** Commands that a server lacks, whatever it was built with. */

import { coreCodes } from '../../smp/codes.ts';
import { refuse } from '../server/answer.ts';
import type { Knob } from './knob.ts';

export const unsupported: Knob<'groups.unsupported'> = (missing) => ({
  commands: (commands) => ({
    handle: (header, fields) => {
      const { group, command } = header;
      const isMissing = missing.includes(String(group)) || missing.includes(`${group}/${command}`);
      return isMissing ? refuse(coreCodes.ENOTSUP) : commands.handle(header, fields);
    },
  }),
});
