/** A server that refuses to confirm the image that a revert would bring back, where Zephyr's grants it without doing anything. */

import { groupCodes } from '../../smp/codes.ts';
import { equalBytes } from '../../base/bytes.ts';
import { readImageInfo } from '../images/info.ts';
import { fail } from '../server/answer.ts';
import type { Knob } from './knob.ts';
import { isImageWrite } from './packets.ts';

const secondary = 1;

export const revertConfirmOther: Knob<'state.revert-confirm-other'> = (what, { device }) =>
  what === 'error'
    ? {
        commands: (commands) => ({
          handle: (header, fields) => {
            if (!isImageWrite(header, 'state') || device.store.swapType(0) !== 'revert') return commands.handle(header, fields);
            const request = fields({ hash: 'bytes', confirm: 'bool' });
            const info = readImageInfo(device.store, secondary);
            const isOther = typeof info !== 'string' && request?.hash !== undefined && equalBytes(info.hash, request.hash);
            return isOther && request.confirm === true ? fail(groupCodes.image.IMAGE_CONFIRMATION_DENIED) : commands.handle(header, fields);
          },
        }),
      }
    : {};
