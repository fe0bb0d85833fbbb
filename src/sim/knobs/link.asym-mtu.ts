/** A link whose MTU was raised in one direction only: the board sends long notifications, and what is written to it in more bytes than this is lost. */

import { bytesOf } from '../../base/measures.ts';
import { attOp, attWriteOverhead } from '../../transport/ble/att.ts';
import type { Knob } from './knob.ts';

export const asymMtu: Knob<'link.asym-mtu'> = (mtu) => ({
  radio: (radio) => ({
    ...radio,
    receive: (pdu, take) => {
      const tooLong = pdu[0] === attOp.writeCommand && pdu.length - attWriteOverhead > bytesOf(mtu) - attWriteOverhead;
      if (!tooLong) radio.receive(pdu, take);
    },
  }),
});
