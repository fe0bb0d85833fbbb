/** A server that says it is another one: what a client meets that opens the wrong port. */

import { groupNumbers } from '../../smp/codes.ts';
import type { Knob } from './knob.ts';
import { osCommand } from './packets.ts';

export const identity: Knob<'endpoint.identity'> = (text) => ({
  commands: (commands) => ({
    handle: (header, fields) => {
      const answer = commands.handle(header, fields);
      if (header.group !== groupNumbers.os || header.command !== osCommand.info || answer.kind !== 'map') return answer;
      return { ...answer, entries: answer.entries.map(([key, value]) => [key, key === 'output' ? text : value] as const) };
    },
  }),
});
