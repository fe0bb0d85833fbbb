/** The OS group (0): echo, threads, date, reset, parameters, information (smp.md 3.1). */

import { coreCodes, groupCodes } from '../../../smp/codes.ts';
import { answerMap, fail, mapOf, refuse } from '../answer.ts';
import { formatDateTime, parseDateTime } from '../date-time.ts';
import { decodeFields } from '../fields.ts';
import { formatInfo } from '../os-info.ts';
import type { BootMode } from '../../bootloader/config.ts';
import type { Answer } from '../answer.ts';
import type { Command, Group, ServerContext } from '../group.ts';
import type { ThreadProfile } from '../profile.ts';

const error = groupCodes.os;

export function createOsGroup(context: ServerContext): Group {
  const { os, buffers } = context.profile;
  const echoText = (payload: Uint8Array): Answer => echo(payload, os.echoWithoutText);
  const commands: Record<number, Command | undefined> = {
    0: { read: echoText, write: echoText },
    2: os.threads && { read: () => answerMap(['tasks', mapOf(...(os.threads ?? []).map(threadEntry))]) },
    4: os.datetime && { read: () => readDateTime(context), write: (payload) => writeDateTime(payload, context) },
    5: { write: (payload) => reset(payload, context) },
    6: os.params ? { read: () => answerMap(['buf_size', buffers.size], ['buf_count', buffers.count]) } : undefined,
    7: os.info && { read: (payload) => info(payload, context) },
    8: os.bootloaderInfo ? { read: (payload) => bootloaderInfo(payload, context) } : undefined,
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

function echo(payload: Uint8Array, withoutText: 'empty' | 'refuse'): Answer {
  const fields = decodeFields(payload, { d: 'text' });
  if (fields === undefined || (fields.d === undefined && withoutText === 'refuse')) return refuse(coreCodes.EINVAL);
  return answerMap(['r', fields.d ?? '']);
}

function threadEntry(thread: ThreadProfile): readonly [string, ReturnType<typeof mapOf>] {
  const { name, ...figures } = thread;
  const keys = ['prio', 'tid', 'state', 'stksiz', 'stkuse', 'runtime'] as const;
  const entries = keys.map((key) => [key, figures[key]] as const).filter(([, value]) => value !== undefined);
  return [name, mapOf(...entries)];
}

function readDateTime({ dateTime, profile }: ServerContext): Answer {
  const now = dateTime.get();
  if (now === undefined) return fail(error.RTC_NOT_SET);
  return answerMap(['datetime', formatDateTime(now, { milliseconds: profile.os.datetime === 'milliseconds' })]);
}

function writeDateTime(payload: Uint8Array, { dateTime, profile }: ServerContext): Answer {
  const text = decodeFields(payload, { datetime: 'text' })?.datetime;
  const time = text === undefined ? undefined : parseDateTime(text, { milliseconds: profile.os.datetime === 'milliseconds' });
  if (time === undefined) return refuse(coreCodes.EINVAL);
  dateTime.set(time);
  return answerMap();
}

/** A payload that cannot be decoded counts as empty: the command has to work whatever else is broken. */
function reset(payload: Uint8Array, context: ServerContext): Answer {
  const { os } = context.profile;
  const fields = decodeFields(payload, { force: 'bool', boot_mode: 'uint32' });
  const recovery = os.bootMode && fields?.boot_mode === 1;
  context.requestReset(os.resetDelayMs, recovery ? 'recovery' : 'normal');
  return answerMap();
}

function info(payload: Uint8Array, { profile }: ServerContext): Answer {
  const fields = decodeFields(payload, { format: 'text' });
  if (fields === undefined || profile.os.info === undefined) return refuse(coreCodes.EINVAL);
  const output = formatInfo(profile.os.info, fields.format ?? '');
  if (output === undefined) return fail(error.INVALID_FORMAT);
  if (output.length >= profile.os.info.outputMax) return refuse(profile.protocol.tooLargeRc);
  return answerMap(['output', output]);
}

/** Numbers of `enum mcuboot_mode` (smp.md 3.1, command 8). */
const modeNumber: Readonly<Record<BootMode, number>> = {
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

function bootloaderInfo(payload: Uint8Array, { images }: ServerContext): Answer {
  const fields = decodeFields(payload, { query: 'text' });
  if (fields === undefined) return refuse(coreCodes.EINVAL);
  if (fields.query === undefined) return answerMap(['bootloader', 'MCUboot']);
  if (fields.query !== 'mode' || images === undefined) return fail(error.QUERY_YIELDS_NO_ANSWER);
  const mode = ['mode', modeNumber[images.mode]] as const;
  return images.downgradePrevention ? answerMap(mode, ['no-downgrade', true]) : answerMap(mode);
}
