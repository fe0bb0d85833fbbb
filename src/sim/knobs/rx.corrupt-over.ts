/** A receiver that damages what is longer than it can take in one piece. */

import { bytesOf } from '../../base/measures.ts';
import type { Knob } from './knob.ts';

export const corruptOver: Knob<'rx.corrupt-over'> = (limit, { rng }) => ({
  port: (port) => ({
    ...port,
    receive: (bytes, packet) => {
      if (bytes.length <= bytesOf(limit)) return port.receive(bytes, packet);
      const damaged = bytes.slice();
      damaged[rng.below(damaged.length)]! ^= 1 << rng.below(8);
      port.receive(damaged, packet);
    },
  }),
});
