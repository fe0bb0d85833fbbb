/** A server that answers by a script, so that clients meet what no server of ours would say (field report S5). */

import { coreCodes } from '../../smp/codes.ts';
import { smpOp } from '../../smp/header.ts';
import type { SmpHeader } from '../../smp/header.ts';
import { fieldsOf } from '../../smp/written-fields.ts';
import { answerMap, fail, refuse } from '../server/answer.ts';
import type { Answer } from '../server/answer.ts';
import type { Knob } from './knob.ts';
import type { KnobValues } from './values.generated.ts';

type Entry = KnobValues['rsp.script'][number];

export const script: Knob<'rsp.script'> = (entries) => {
  const left = entries.map(({ times = Infinity }) => times);
  return {
    commands: (commands) => ({
      handle: (header, fields) => {
        const index = entries.findIndex((entry, at) => left[at]! > 0 && concerns(entry, header));
        const entry = entries[index];
        if (entry === undefined) return commands.handle(header, fields);
        left[index]! -= 1;
        return answerOf(entry);
      },
    }),
  };
};

function concerns({ match: { group, command, op } }: Entry, header: SmpHeader): boolean {
  const { group: itsGroup, command: itsCommand, op: itsOp } = header;
  return (group ?? itsGroup) === itsGroup && (command ?? itsCommand) === itsCommand && (op === undefined || smpOp[op] === itsOp);
}

/** The schema has it that there is exactly one of them. */
function answerOf({ answer: { payload, rc, error } }: Entry): Answer {
  if (payload !== undefined) return answerMap(...Object.entries(fieldsOf(payload)));
  if (rc !== undefined) return refuse(rc);
  return error === undefined ? { kind: 'silence' } : fail({ code: error, v1: coreCodes.EUNKNOWN });
}
