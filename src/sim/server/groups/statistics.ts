/** The statistics group (2), smp.md 3.3. */

import { coreCodes, groupCodes } from '../../../smp/codes.ts';
import { answerMap, fail, mapOf, refuse } from '../answer.ts';
import type { Answer } from '../answer.ts';
import type { FieldReader } from '../fields.ts';
import type { Group, ServerContext } from '../group.ts';

/** `CONFIG_MCUMGR_GRP_STAT_MAX_NAME_LEN`. */
const nameMax = 32;

export function createStatisticsGroup(context: ServerContext): Group {
  const { statistics } = context.profile;
  return {
    id: 2,
    name: 'stat mgmt',
    commands: {
      0: { read: (readFields) => show(readFields, context) },
      1: { read: () => answerMap(['stat_list', statistics.map((group) => group.name)]) },
    },
  };
}

function show(readFields: FieldReader, context: ServerContext): Answer {
  const name = readFields({ name: 'text' })?.name ?? '';
  if (name === '' || Buffer.byteLength(name) >= nameMax) return refuse(coreCodes.EINVAL);
  const group = context.profile.statistics.find((candidate) => candidate.name === name);
  if (group === undefined) return fail(groupCodes.stat.INVALID_STAT_NAME);
  const uptime = Math.floor(context.uptimeMs() / 1000);
  const fields = group.fields.map(([field, value]) => [field, value === 'uptime-s' ? uptime : value] as const);
  return answerMap(['name', name], ['fields', mapOf(...fields)]);
}
