/** Everything that makes a profile wrong although its schema is content. */

import { loadPublicKey } from '../../mcuboot/keys.ts';
import type { KeyKind } from '../../mcuboot/keys.ts';
import { parseVersion } from '../../mcuboot/version.ts';
import { child, has, itemsOf, keySpanOf, keysOf, spanOf, textOf, textsBelow, type Cursor, type Report } from '../cursor.ts';
import { code } from '../words.ts';
import { checkAreas, checkChipName } from './check-areas.ts';
import { checkChips } from './check-chips.ts';
import { checkSectors } from './check-sectors.ts';
import { areaPlaces, chipsOf, placedArea } from './layout.ts';

/** Modes in which an update comes through the secondary slot. */
const modesWithSecondary = ['scratch', 'move', 'offset', 'overwrite', 'xip', 'xip-revert', 'ramload-revert', 'firmware-loader'];

export function checkProfile(root: Cursor, report: Report): void {
  checkNoExpressions(root, report);
  checkMode(root, report);
  checkFirstStage(child(root, 'first-stage'), report);
  checkVersions(child(child(root, 'application'), 'versions'), report);
  checkChips(root, report);
  const chips = chipsOf(root);
  const areas = areaPlaces(root)
    .map(placedArea)
    .filter((area) => area !== undefined);
  const chipNames = keysOf(child(root, 'flash'));
  checkAreas(areas, chips, chipNames, report);
  for (const knob of ['flash.corrupt', 'flash.write-error']) {
    checkChipName(child(child(child(root, 'knobs'), knob), 'flash'), chipNames, report);
  }
  checkSectors(root, areas, chips, report);
}

/** Formats of quantities let expressions pass, which steps may hold. */
function checkNoExpressions(root: Cursor, report: Report): void {
  for (const { tree, path, value } of textsBelow(root)) {
    const start = value.indexOf('${{');
    if (start < 0) continue;
    report('expression-not-here', tree.locateText(path, start, value.length), 'a profile cannot hold an expression');
  }
}

function checkMode(root: Cursor, report: Report): void {
  const place = child(child(root, 'bootloader'), 'mode');
  const mode = textOf(place);
  if (mode === undefined) return;
  const scratch = child(root, 'scratch');
  if (mode === 'scratch' && scratch.value === undefined) {
    const hint = 'add `scratch`: an area as large as the largest sector of the slots, or larger';
    report('missing-key', spanOf(place), 'the mode `scratch` needs the key `scratch`', { hint });
  }
  if (mode !== 'scratch' && scratch.value !== undefined) {
    const hint = 'remove it, or choose the mode `scratch`';
    report('key-needs', keySpanOf(scratch), `nothing uses a scratch area in the mode ${code(mode)}`, { severity: 'warning', hint });
  }
  if (!modesWithSecondary.includes(mode)) return;
  for (const image of itemsOf(child(root, 'images'))) {
    if (has(image, 'secondary') || !has(image, 'primary')) continue;
    const hint = 'add `secondary`, or choose the mode `single`';
    report('missing-key', spanOf(image), `the mode ${code(mode)} needs a secondary slot`, { hint });
  }
}

/** The first stage verifies with P-256 and nothing else. */
function checkFirstStage(firstStage: Cursor, report: Report): void {
  const place = child(firstStage, 'key');
  const key = textOf(place);
  if (key === undefined || key === 'demo:ecdsa-p256') return;
  if (isPem(key) && publicKeyKind(key) === 'ecdsa-p256') return;
  const hint = 'write `demo:ecdsa-p256`, or the text of a public key of P-256';
  report('out-of-range', spanOf(place), 'a first stage takes keys of P-256 only', { hint });
}

function isPem(text: string): boolean {
  return text.includes('-----BEGIN');
}

function publicKeyKind(pem: string): KeyKind | undefined {
  try {
    return loadPublicKey(pem).kind;
  } catch {
    // The format of the key says what is wrong with it.
    return undefined;
  }
}

/** Image lists show `1.2.3`, and `1.2.3.4` when the build number is not 0. */
function checkVersions(versions: Cursor, report: Report): void {
  for (const version of keysOf(versions)) {
    if (/^\d+\.\d+\.\d+(\.\d+)?$/.test(version) && parseVersion(version.replace(/^(\d+\.\d+\.\d+)\./, '$1+')) !== undefined) continue;
    const hint = 'image lists show `1.2.3`, and `1.2.3.4` for 1.2.3+4';
    report('malformed', keySpanOf(child(versions, version)), `${code(version)} is no version as image lists show it`, { hint });
  }
}
