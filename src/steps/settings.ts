/** `settings`: one command of the settings group. */

import { assert } from '../base/assert.ts';
import { fromHex, toHex, utf8 } from '../base/bytes.ts';
import type { SettingsArgs } from '../language/grammar.generated.ts';
import { settingsCommit, settingsDelete, settingsLoad, settingsRead, settingsSave, settingsWrite } from '../smp/groups/settings.ts';
import { shortMs } from './step.ts';
import type { StepHandler } from './step.ts';

export const settings: StepHandler<'settings'> = {
  timeoutMs: shortMs,
  run: async ({ read, write, delete: remove, commit, load, save }, { device, signal }) => {
    if (read !== undefined) {
      const { value } = await device.request(settingsRead, { name: read.name, sizeMax: read['max-size'] }, { signal });
      return { val: toHex(value), text: new TextDecoder().decode(value) };
    }
    if (write !== undefined) await device.request(settingsWrite, { name: write.name, value: valueOf(write) }, { signal });
    if (remove !== undefined) await device.request(settingsDelete, remove, { signal });
    if (commit !== undefined) await device.request(settingsCommit, undefined, { signal });
    if (load !== undefined) await device.request(settingsLoad, undefined, { signal });
    if (save !== undefined) await device.request(settingsSave, save, { signal });
    return { val: '', text: '' };
  },
};

function valueOf({ text, val = '' }: NonNullable<SettingsArgs['write']>): Uint8Array {
  if (text !== undefined) return utf8(text);
  const bytes = fromHex(val);
  assert(bytes !== undefined, 'hex digits passed the schema');
  return bytes;
}
