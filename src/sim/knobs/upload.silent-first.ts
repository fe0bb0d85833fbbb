/** A server that says nothing while it erases the slot (field failure F7), so that the first answer of an upload is late. */

import { millisecondsOf } from '../../base/measures.ts';
import { groupNumbers } from '../../smp/codes.ts';
import { decodeHeader, smpOp } from '../../smp/header.ts';
import type { Knob } from './knob.ts';
import { imageCommand } from './packets.ts';

export const silentFirst: Knob<'upload.silent-first'> = (late, { clock, device }) => {
  let first = false;
  return {
    commands: (commands) => ({
      handle: (header, fields) => {
        const isChunk = header.group === groupNumbers.image && header.command === imageCommand.upload && header.op === smpOp.write;
        if (isChunk && fields({ off: 'uint32' })?.off === 0) first = true;
        return commands.handle(header, fields);
      },
    }),
    answers: (answers) => ({
      ...answers,
      send: (response, deliver) => {
        const header = decodeHeader(response);
        const isFirst = first && header?.group === groupNumbers.image && header.command === imageCommand.upload;
        if (!isFirst) return answers.send(response, deliver);
        first = false;
        const { boots } = device;
        clock.arm(millisecondsOf(late), 'simulated device is silent', () => {
          if (device.boots === boots) answers.send(response, deliver);
        });
      },
    }),
  };
};
