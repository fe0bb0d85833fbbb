/** What the schema cannot say about `upgrade`: what is new, and that the client can do it. */

import { child, has, keySpanOf, spanOf, textOf, type Cursor, type Report } from '../cursor.ts';
import { onlyOneOf } from '../only-one-of.ts';
import { erasesSettings, hasMode, upgradeClients, upgradeDefaults, type UpgradeClient, type UpgradeMode } from '../upgrade-clients.ts';
import { code, list } from '../words.ts';

/** What an update can consist of. */
const updateKeys = ['image', 'images', 'package'];

export function checkUpgrade(args: Cursor, report: Report): void {
  checkClient(args, report);
  onlyOneOf(args, updateKeys, report);
  if (typeof args.value !== 'object' || args.value === null || updateKeys.some((key) => has(args, key))) return;
  report('missing-key', spanOf(args), `this update needs one of ${list(updateKeys)}`, { hint: 'say what is new, such as `image: next`' });
}

function checkClient(args: Cursor, report: Report): void {
  const client = textOf(child(args, 'as')) ?? upgradeDefaults.as;
  const mode = (textOf(child(args, 'mode')) ?? upgradeDefaults.mode) as UpgradeMode;
  if (!isClient(client) || !upgradeClients.ideal.modes.includes(mode)) return;
  const asks = child(args, 'erase-settings');
  if (!hasMode(client, mode)) {
    const stated = has(args, 'mode');
    const message = `${code(client)} has no mode ${code(mode)}${stated ? '' : ', which is the one when none is stated'}`;
    report('client-cannot', spanOf(child(args, stated ? 'mode' : 'as')), message, { hint: `it has ${list(upgradeClients[client].modes)}` });
  } else if (asks.value === true && !erasesSettings(client, mode))
    report('client-cannot', keySpanOf(asks), `${code(client)} does not erase settings in the mode ${code(mode)}`, {
      hint: 'remove it, or add a step with `erase: {storage: true}`',
    });
}

function isClient(name: string): name is UpgradeClient {
  return Object.hasOwn(upgradeClients, name);
}
