/** The records that say nothing about the simulator, each with its reason. */

import { answeredPackets, member, requestPackets } from './record.ts';
import type { Exchange, RecordedPacket, ServerRecord } from './record.ts';
import type { Rewrite } from './uploads.ts';

export interface SkipContext {
  readonly server: ServerRecord;
  readonly exchange: Exchange;
  readonly rewrite: Rewrite | undefined;
}

interface Skip {
  readonly reason: string;
  applies(context: SkipContext): boolean;
}

const skips: readonly Skip[] = [
  {
    reason:
      'the recorded chunk never reached the server: it answers every sound chunk, and answered the next one as if this had not been sent',
    applies: ({ rewrite }) => rewrite?.lost === true,
  },
  {
    reason: 'threads that share a name are one in the first line of the file, so that the list cannot be rebuilt from it',
    applies: ({ server, exchange }) =>
      requestPackets(exchange).some(isThreadList) && answeredPackets(exchange).length > 0 && losesThreads(server),
  },
];

/** Why the record is left out; undefined when it is replayed. */
export function skipReason(context: SkipContext): string | undefined {
  return skips.find((skip) => skip.applies(context))?.reason;
}

function isThreadList({ group, id, op }: RecordedPacket): boolean {
  return group === 0 && id === 2 && op === 0;
}

/** Thread ids count from 0 without gaps. */
function losesThreads({ facts }: ServerRecord): boolean {
  const tasks = member(facts['os-taskstat'], 'tasks');
  if (typeof tasks !== 'object' || tasks === null) return false;
  const ids = Object.values(tasks).map((task) => member(task, 'tid'));
  return ids.some((id) => typeof id === 'number' && id >= ids.length);
}
