/** A server that erases a slot and does not forget the upload that had begun there: the next one goes on in its middle (field failure B17). */

import { oppositeSlot, runningImage } from '../images/store.ts';
import { eraseRange } from '../server/image/erase.ts';
import { answerMap } from '../server/answer.ts';
import type { Knob } from './knob.ts';
import { isImageWrite } from './packets.ts';

export const staleResume: Knob<'upload.stale-resume'> = (on, { device }) =>
  on
    ? {
        commands: (commands) => ({
          handle: (header, fields) => {
            const { store } = device;
            const area = store.area(oppositeSlot(store.activeSlot(runningImage)));
            if (!isImageWrite(header, 'erase') || area === undefined || !eraseRange(area, 0, area.size))
              return commands.handle(header, fields);
            return answerMap();
          },
        }),
      }
    : {};
