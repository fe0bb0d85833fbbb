/** An application with a say in what its server does (Zephyr's MCUmgr callbacks). */

import { coreCodes, groupNumbers } from '../../smp/codes.ts';
import { smpOp } from '../../smp/header.ts';
import type { SmpHeader } from '../../smp/header.ts';
import { fail, refuse } from '../server/answer.ts';
import type { Answer } from '../server/answer.ts';
import type { Knob } from './knob.ts';
import { isImageWrite, osCommand } from './packets.ts';
import type { KnobValues } from './values.generated.ts';

type Hook = keyof KnobValues['app.hook'];
type Refusal = NonNullable<KnobValues['app.hook'][Hook]>;

export const hook: Knob<'app.hook'> = (hooks) => ({
  commands: (commands) => ({
    handle: (header, fields) => {
      const which = hookOf(header);
      const refusal = which === undefined ? undefined : hooks[which];
      const forced = which === 'reset' && fields({ force: 'bool' })?.force === true;
      return refusal === undefined || forced ? commands.handle(header, fields) : answerOf(refusal);
    },
  }),
});

function hookOf(header: SmpHeader): Hook | undefined {
  if (isImageWrite(header, 'upload')) return 'chunk';
  if (isImageWrite(header, 'state')) return 'state';
  if (isImageWrite(header, 'erase')) return 'erase';
  return header.group === groupNumbers.os && header.command === osCommand.reset && header.op === smpOp.write ? 'reset' : undefined;
}

function answerOf({ rc, error }: Refusal): Answer {
  return error === undefined ? refuse(rc ?? coreCodes.EUNKNOWN) : fail({ code: error, v1: coreCodes.EUNKNOWN });
}
