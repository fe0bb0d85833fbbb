/** What a confirm of the image does that a revert would bring back, where Zephyr's server grants it without doing anything. */

import { groupCodes } from '../../smp/codes.ts';
import { equalBytes } from '../../base/bytes.ts';
import { readImageInfo } from '../images/info.ts';
import { fail } from '../server/answer.ts';
import type { FieldReader } from '../server/fields.ts';
import type { ImageStore } from '../images/store.ts';
import type { Knob } from './knob.ts';
import { isImageWrite } from './packets.ts';

const secondary = 1;

export const revertConfirmOther: Knob<'state.revert-confirm-other'> = (what, { device }) => ({
  commands: (commands) => ({
    handle: (header, fields) => {
      if (what !== 'noop' && isImageWrite(header, 'state') && confirmsOther(device.store, fields)) {
        if (what === 'error') return fail(groupCodes.image.IMAGE_CONFIRMATION_DENIED);
        device.store.setNext(secondary, { active: false, confirm: true });
      }
      return commands.handle(header, fields);
    },
  }),
});

function confirmsOther(store: ImageStore, fields: FieldReader): boolean {
  if (store.swapType(0) !== 'revert') return false;
  const { hash, confirm } = fields({ hash: 'bytes', confirm: 'bool' }) ?? {};
  const info = readImageInfo(store, secondary);
  return confirm === true && hash !== undefined && typeof info !== 'string' && equalBytes(info.hash, hash);
}
