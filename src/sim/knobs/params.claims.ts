/** A server that lies about its buffers. */

import { groupNumbers } from '../../smp/codes.ts';
import type { Knob } from './knob.ts';
import { osCommand } from './packets.ts';

export const claims: Knob<'params.claims'> = ({ 'buf-size': size, 'buf-count': count }) => ({
  commands: (commands) => ({
    handle: (header, fields) => {
      const answer = commands.handle(header, fields);
      if (header.group !== groupNumbers.os || header.command !== osCommand.params || answer.kind !== 'map') return answer;
      const lies: Readonly<Record<string, number | undefined>> = { buf_size: size, buf_count: count };
      return { ...answer, entries: answer.entries.map(([key, value]) => [key, lies[key] ?? value] as const) };
    },
  }),
});
