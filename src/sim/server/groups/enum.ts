/** The enumeration group (10): which groups the server has (smp.md 3.9). */

import { coreCodes, groupCodes } from '../../../smp/codes.ts';
import { answerMap, fail, mapOf, refuse } from '../answer.ts';
import type { Answer } from '../answer.ts';
import type { FieldReader } from '../fields.ts';
import type { Group, ServerContext } from '../group.ts';

const indexMax = 0xffff;

export function createEnumGroup(context: ServerContext): Group {
  const ids = (): number[] => context.groups().map((group) => group.id);
  return {
    id: 10,
    name: 'enum mgmt',
    commands: {
      0: { read: () => answerMap(['count', ids().length]) },
      1: { read: () => answerMap(['groups', ids()]) },
      2: { read: (readFields) => single(readFields, ids()) },
      3: { read: (readFields) => details(readFields, context.groups()) },
    },
  };
}

function single(readFields: FieldReader, ids: readonly number[]): Answer {
  const fields = readFields({ index: 'uint32' });
  const index = fields?.index ?? 0;
  if (fields === undefined || index > indexMax) return refuse(coreCodes.EINVAL);
  const id = ids[index];
  if (id === undefined) return fail(groupCodes.enum.INDEX_TOO_LARGE);
  return index === ids.length - 1 ? answerMap(['group', id], ['end', true]) : answerMap(['group', id]);
}

function details(readFields: FieldReader, groups: readonly Group[]): Answer {
  const fields = readFields({ groups: 'array' });
  if (fields === undefined) return refuse(coreCodes.EINVAL);
  const wanted: number[] = [];
  for (const item of fields.groups ?? []) {
    if (item.kind !== 'integer' || item.value < 0) return refuse(coreCodes.EINVAL);
    wanted.push(Number(item.value) & 0xffff);
  }
  const chosen = wanted.length === 0 ? groups : groups.filter((group) => wanted.includes(group.id));
  return answerMap(['groups', chosen.map((group) => mapOf(['group', group.id], ['name', group.name], ['handlers', handlerCount(group)]))]);
}

/** Zephyr tells the length of the handler table, gaps included. */
function handlerCount(group: Group): number {
  return 1 + Math.max(...Object.keys(group.commands).map(Number));
}
