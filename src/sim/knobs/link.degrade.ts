/** A link that gets slower the longer it lasts: what is written to the board arrives at a rate that falls from one value to another. */

import { bytesPerSecondOf, millisecondsOf } from '../../base/measures.ts';
import type { Knob } from './knob.ts';

export const degrade: Knob<'link.degrade'> = ({ from, to, over }, { clock }) => {
  const [first, last, overMs] = [bytesPerSecondOf(from), bytesPerSecondOf(to), millisecondsOf(over)];
  let since = clock.now();
  let freeAt = 0;
  const rate = (): number => first + (last - first) * Math.min(1, (clock.now() - since) / overMs);
  return {
    radio: (radio) => ({
      ...radio,
      connected: (link) => {
        [since, freeAt] = [clock.now(), 0];
        radio.connected(link);
      },
      receive: (pdu, take) => {
        freeAt = Math.max(freeAt, clock.now()) + (pdu.length * 1000) / rate();
        clock.arm(freeAt - clock.now(), 'a link that gets slower', () => radio.receive(pdu, take));
      },
    }),
  };
};
