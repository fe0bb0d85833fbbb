/** The log group (4) of Mynewt (smp.md 3.5): what the logs hold, and the names of modules and levels. */

import { utf8 } from '../../../base/bytes.ts';
import { cborChunks } from '../../../smp/cbor.ts';
import { coreCodes } from '../../../smp/codes.ts';
import { answerMap, mapOf, refuse } from '../answer.ts';
import type { Answer, Entries } from '../answer.ts';
import type { FieldReader } from '../fields.ts';
import type { Group, ServerContext } from '../group.ts';
import type { LogEntry } from '../log-store.ts';

/** `LOG_TYPE_MEMORY`. */
const typeMemory = 1;

export function createLogGroup(context: ServerContext): Group {
  const { logs, modules, levels } = context.profile.log;
  const withRc = (...entries: Entries): Answer => answerMap(['rc', coreCodes.EOK], ...entries);
  return {
    id: 4,
    name: 'log mgmt',
    commands: {
      0: { read: (readFields) => show(readFields, context) },
      1: { write: (readFields) => clear(readFields, context) },
      3: { read: () => withRc(['module_map', mapOf(...Object.entries(modules))]) },
      4: { read: () => withRc(['level_map', mapOf(...Object.entries(levels))]) },
      5: { read: () => withRc(['log_list', logs]) },
    },
  };
}

/** All logs, or the one that is named; entries from `index` on, as many as the answer has room for. A client asks for the rest by index. */
function show(readFields: FieldReader, { profile, log }: ServerContext): Answer {
  const fields = readFields({ log_name: 'text', ts: 'uint64', index: 'uint32' });
  if (fields === undefined) return refuse(coreCodes.EINVAL);
  const chosen = chosenLogs(profile.log.logs, fields.log_name);
  if (chosen === undefined) return refuse(coreCodes.ENOENT);
  const { ts = 0, index = 0 } = fields;
  let room = profile.buffers.size / 2;
  const shown = chosen.map((name) => {
    const entries = log.entries(name).filter((entry) => entry.timestamp >= Number(ts) && entry.index >= index);
    const fitting = entries.filter((entry) => (room -= entry.message.length + entryOverhead) > 0);
    return mapOf(['name', name], ['type', typeMemory], ['entries', fitting.map(entryOf)]);
  });
  return answerMap(['next_index', log.nextIndex], ['logs', shown], ['rc', coreCodes.EOK]);
}

/** Bytes of an entry beside its message. */
const entryOverhead = 56;

function entryOf({ timestamp, level, index, module, message }: LogEntry): ReturnType<typeof mapOf> {
  const text = cborChunks([utf8(message)]);
  return mapOf(['type', 'str'], ['ts', timestamp], ['level', level], ['index', index], ['module', module], ['msg', text]);
}

function clear(readFields: FieldReader, { profile, log }: ServerContext): Answer {
  const fields = readFields({ log_name: 'text' });
  if (fields === undefined) return refuse(coreCodes.EINVAL);
  for (const name of chosenLogs(profile.log.logs, fields.log_name) ?? []) log.clear(name);
  return answerMap();
}

/** Undefined when there is no log of that name. */
function chosenLogs(logs: readonly string[], name = ''): readonly string[] | undefined {
  if (name === '') return logs;
  return logs.includes(name) ? [name] : undefined;
}
