/** A server that puts every upload into the secondary slot of image 0, whatever image it is for (field report S4). */

import type { Knob } from './knob.ts';
import { isImageWrite } from './packets.ts';
import { withFields } from './upload-chunks.ts';

export const singleSecondary: Knob<'upload.single-secondary'> = (on) =>
  on
    ? {
        commands: (commands) => ({
          handle: (header, fields) => commands.handle(header, isImageWrite(header, 'upload') ? withFields(fields, { image: 0 }) : fields),
        }),
      }
    : {};
