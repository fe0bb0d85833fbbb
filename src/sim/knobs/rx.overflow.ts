/** What a device does that gets more requests than it has buffers for. */

import { encodeCbor } from '../../smp/cbor.ts';
import { coreCodes } from '../../smp/codes.ts';
import { decodeHeader, encodePacket, responseOp } from '../../smp/header.ts';
import type { Knob } from './knob.ts';

export const overflow: Knob<'rx.overflow'> = (what, { device }) => ({
  answers: (answers) => ({
    ...answers,
    overflow: (packet, deliver) => {
      if (what === 'drop') return answers.overflow(packet, deliver);
      if (what === 'reset') return device.restart();
      const header = decodeHeader(packet);
      if (header === undefined) return;
      deliver(encodePacket({ ...header, op: responseOp(header.op) }, encodeCbor({ rc: coreCodes.ENOMEM })));
    },
  }),
});
