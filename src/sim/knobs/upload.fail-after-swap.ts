/** A server that takes no upload after a boot that swapped, until the next plain boot (field failure A10). */

import { coreCodes } from '../../smp/codes.ts';
import { refuse } from '../server/answer.ts';
import type { Knob } from './knob.ts';
import { isSwap } from './pace.ts';
import { isImageWrite } from './packets.ts';

export const failAfterSwap: Knob<'upload.fail-after-swap'> = (on) => {
  if (!on) return {};
  let swapped = false;
  return {
    bootloader: (bootloader) => ({
      boot: (areas, config, host) => {
        const result = bootloader.boot(areas, config, host);
        swapped = isSwap(result);
        return result;
      },
    }),
    commands: (commands) => ({
      handle: (header, fields) =>
        swapped && isImageWrite(header, 'upload') ? refuse(coreCodes.EUNKNOWN) : commands.handle(header, fields),
    }),
  };
};
