/** The OS group (0): echo, threads, date, reset, parameters, information (smp.md 3.1). */

import { coreCodes, groupCodes } from '../../../smp/codes.ts';
import { answerMap, fail, mapOf, refuse } from '../answer.ts';
import { formatDateTime, parseDateTime } from '../date-time.ts';
import { formatInfo } from '../os-info.ts';
import type { BootMode } from '../../bootloader/config.ts';
import type { Answer, Entries } from '../answer.ts';
import type { FieldReader } from '../fields.ts';
import type { Command, Group, ServerContext } from '../group.ts';
import type { MemoryPools, OsFeatures, ThreadKey, ThreadProfile } from '../profile.ts';

const error = groupCodes.os;

export function createOsGroup(context: ServerContext): Group {
  const { os, buffers } = context.profile;
  const echoText = (readFields: FieldReader): Answer => echo(readFields, os.echoWithoutText);
  const commands: Record<number, Command | undefined> = {
    0: { read: echoText, write: echoText },
    1: os.consoleEcho ? { write: () => answerMap(['rc', coreCodes.EOK]) } : undefined,
    2: os.threads && { read: () => answerMap(['tasks', threadList(os)]) },
    3: os.memoryPools && { read: () => memoryPools(os.memoryPools!) },
    4: os.datetime && { read: () => readDateTime(context), write: (readFields) => writeDateTime(readFields, context) },
    5: { write: (readFields) => reset(readFields, context) },
    6: os.params ? { read: () => answerMap(['buf_size', buffers.size], ['buf_count', buffers.count]) } : undefined,
    7: os.info && { read: (readFields) => info(readFields, context) },
    8: os.bootloaderInfo ? { read: (readFields) => bootloaderInfo(readFields, context) } : undefined,
  };
  return {
    id: 0,
    name: 'os mgmt',
    commands: builtIn(commands),
  };
}

function builtIn(commands: Readonly<Record<number, Command | undefined>>): Record<number, Command> {
  const present = Object.entries(commands).filter((entry): entry is [string, Command] => entry[1] !== undefined);
  return Object.fromEntries(present);
}

function echo(readFields: FieldReader, withoutText: 'empty' | 'refuse'): Answer {
  const fields = readFields({ d: 'text' });
  if (fields === undefined || (fields.d === undefined && withoutText === 'refuse')) return refuse(coreCodes.EINVAL);
  return answerMap(['r', fields.d ?? '']);
}

function threadList({ threads = [], threadList: { keys, unknown, priority } }: OsFeatures): ReturnType<typeof mapOf> {
  const missing = unknown === 'zero' ? 0 : undefined;
  const entryOf = ({ name, ...figures }: ThreadProfile): Entries[number] => {
    const shown: Partial<Record<ThreadKey, number>> = { ...figures, prio: shownPriority(figures.prio, priority) };
    const entries = keys.map((key) => [key, shown[key] ?? missing] as const).filter(([, value]) => value !== undefined);
    return [name, mapOf(...entries)];
  };
  return mapOf(...threads.map(entryOf));
}

function shownPriority(priority: number, as: OsFeatures['threadList']['priority']): number {
  switch (as) {
    case 'signed':
      return priority;
    case 'uint8':
      return priority & 0xff;
    case 'uint32':
      return priority >>> 0;
  }
}

function memoryPools({ layout, pools }: MemoryPools): Answer {
  const entries = pools.map(({ name, ...figures }) => [name, mapOf(...Object.entries(figures))] as const);
  if (layout === 'top') return answerMap(...entries);
  if (layout === 'mynewt') return answerMap(['rc', coreCodes.EOK], ['mpools', mapOf(...entries)]);
  return answerMap([layout, mapOf(...entries)]);
}

function readDateTime({ dateTime, profile }: ServerContext): Answer {
  const now = dateTime.get();
  if (now === undefined) return fail(error.RTC_NOT_SET);
  return answerMap(['datetime', formatDateTime(now, { milliseconds: profile.os.datetime === 'milliseconds' })]);
}

function writeDateTime(readFields: FieldReader, { dateTime, profile }: ServerContext): Answer {
  const text = readFields({ datetime: 'text' })?.datetime;
  const time = text === undefined ? undefined : parseDateTime(text, { milliseconds: profile.os.datetime === 'milliseconds' });
  if (time === undefined) return refuse(coreCodes.EINVAL);
  dateTime.set(time);
  return answerMap();
}

/** A payload that cannot be decoded counts as empty: the command has to work whatever else is broken. */
function reset(readFields: FieldReader, context: ServerContext): Answer {
  const { os } = context.profile;
  const fields = readFields({ force: 'bool', boot_mode: 'uint32' });
  const recovery = os.bootMode && fields?.boot_mode === 1;
  context.requestReset(os.resetDelayMs, recovery ? 'recovery' : 'normal');
  return answerMap();
}

function info(readFields: FieldReader, { profile }: ServerContext): Answer {
  const fields = readFields({ format: 'text' });
  if (fields === undefined || profile.os.info === undefined) return refuse(coreCodes.EINVAL);
  const output = formatInfo(profile.os.info, fields.format ?? '');
  if (output === undefined) return fail(error.INVALID_FORMAT);
  if (output.length >= profile.os.info.outputMax) return refuse(profile.protocol.tooLargeRc);
  return answerMap(['output', output]);
}

/** Numbers of `enum mcuboot_mode` (smp.md 3.1, command 8). */
const modeNumber: Readonly<Record<BootMode, number>> = {
  'firmware-loader': 7,
  single: 0,
  scratch: 1,
  overwrite: 2,
  move: 3,
  xip: 4,
  'xip-revert': 5,
  ramload: 6,
  'ramload-revert': -1,
  offset: 9,
};

function bootloaderInfo(readFields: FieldReader, { images, profile }: ServerContext): Answer {
  const fields = readFields({ query: 'text' });
  if (fields === undefined) return refuse(coreCodes.EINVAL);
  if (fields.query === undefined) return answerMap(['bootloader', 'MCUboot']);
  const { bootloaderQueries } = profile.os;
  if (fields.query !== 'mode' || images === undefined)
    return bootloaderQueries === 'mended' ? fail(error.QUERY_YIELDS_NO_ANSWER) : refuse(error.QUERY_YIELDS_NO_ANSWER.code);
  const mode = ['mode', modeNumber[images.mode]] as const;
  return images.downgradePrevention && bootloaderQueries === 'mended' ? answerMap(mode, ['no-downgrade', true]) : answerMap(mode);
}
