/** A Bluetooth stack that takes its time with the MTU exchange: clients that do not wait for it write with the smallest one, or too much. */

import { millisecondsOf } from '../../base/measures.ts';
import { attOp } from '../../transport/ble/att.ts';
import type { Knob } from './knob.ts';

export const mtuLate: Knob<'link.mtu-late'> = (by, { clock }) => ({
  radio: (radio) => ({
    ...radio,
    send: (pdu, deliver) => {
      if (pdu[0] !== attOp.mtuResponse) return radio.send(pdu, deliver);
      clock.arm(millisecondsOf(by), 'a late MTU exchange', () => radio.send(pdu, deliver));
    },
  }),
});
