/** An application that fails an assertion on a packet that is shorter than its header says (field report S3). */

import { isPartial } from './packets.ts';
import type { Knob } from './knob.ts';

export const partialRestart: Knob<'rx.partial-restart'> = (on, { device }) =>
  on
    ? {
        server: (server) => ({
          ...server,
          handle: (packet, output) => (isPartial(packet) ? device.restart() : server.handle(packet, output)),
        }),
      }
    : {};
