/** An application whose library prints the swap type whenever it is asked (field report S2): lines that look like those of a boot. */

import { groupNumbers } from '../../smp/codes.ts';
import type { Knob } from './knob.ts';
import { imageCommand } from './packets.ts';

export const logStateQueries: Knob<'app.log-state-queries'> = (on, { device }) =>
  on
    ? {
        commands: (commands) => ({
          handle: (header, fields) => {
            if (header.group === groupNumbers.image && header.command === imageCommand.state)
              device.print(`I: Swap type: ${device.store.swapType(0)}`);
            return commands.handle(header, fields);
          },
        }),
      }
    : {};
