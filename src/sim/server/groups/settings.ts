/** The settings group (3), smp.md 3.4. */

import { coreCodes, groupCodes } from '../../../smp/codes.ts';
import { answerMap, fail, refuse } from '../answer.ts';
import type { Answer } from '../answer.ts';
import type { FieldReader } from '../fields.ts';
import type { Group, ServerContext } from '../group.ts';

const error = groupCodes.settings;

export function createSettingsGroup(context: ServerContext): Group {
  const { settings } = context;
  return {
    id: 3,
    name: 'settings mgmt',
    commands: {
      0: { read: (readFields) => read(readFields, context), write: (readFields) => write(readFields, context) },
      1: { write: (readFields) => remove(readFields, context) },
      2: { write: () => answerMap() },
      3: {
        read: () => {
          settings.load();
          return answerMap();
        },
        write: (readFields) => save(readFields, context),
      },
    },
  };
}

function read(readFields: FieldReader, context: ServerContext): Answer {
  const fields = readFields({ name: 'text', max_size: 'uint32' });
  const refused = refusalOf(fields?.name, context);
  if (refused !== undefined || fields?.name === undefined) return refused ?? refuse(coreCodes.EINVAL);
  if (!hasRoot(fields.name, context)) return fail(error.ROOT_KEY_NOT_FOUND);
  const value = context.settings.get(fields.name);
  if (value === undefined) return fail(error.KEY_NOT_FOUND);
  const { valueMax } = context.profile.settings;
  const asked = fields.max_size ?? valueMax;
  const val = ['val', value.subarray(0, Math.min(asked, valueMax))] as const;
  return asked > valueMax ? answerMap(val, ['max_size', valueMax]) : answerMap(val);
}

function write(readFields: FieldReader, context: ServerContext): Answer {
  const fields = readFields({ name: 'text', val: 'bytes' });
  const refused = refusalOf(fields?.name, context);
  if (refused !== undefined || fields?.name === undefined) return refused ?? refuse(coreCodes.EINVAL);
  if (!hasRoot(fields.name, context)) return fail(error.ROOT_KEY_NOT_FOUND);
  context.settings.set(fields.name, fields.val ?? new Uint8Array());
  return answerMap();
}

/** Only the newest servers look at `name`; older ones do not decode the request at all. */
function save(readFields: FieldReader, { settings, profile }: ServerContext): Answer {
  if (!profile.settings.persistent) return fail(error.SAVE_NOT_SUPPORTED);
  const name = profile.settings.savesSubtrees ? readFields({ name: 'text' })?.name : undefined;
  settings.save(name === '' ? undefined : name);
  return answerMap();
}

function remove(readFields: FieldReader, context: ServerContext): Answer {
  const name = readFields({ name: 'text' })?.name;
  const refused = refusalOf(name, context);
  if (refused !== undefined || name === undefined) return refused ?? refuse(coreCodes.EINVAL);
  if (!context.profile.settings.persistent) return fail(error.KEY_NOT_FOUND);
  context.settings.deleteSaved(name);
  return answerMap();
}

function refusalOf(name: string | undefined, { profile }: ServerContext): Answer | undefined {
  if (name === undefined || name === '') return refuse(coreCodes.EINVAL);
  return Buffer.byteLength(name) >= profile.settings.nameMax ? fail(error.KEY_TOO_LONG) : undefined;
}

/** Keys are handled by whoever registered their first part. */
function hasRoot(name: string, { profile }: ServerContext): boolean {
  return profile.settings.roots.includes(name.split('/')[0] ?? '');
}
