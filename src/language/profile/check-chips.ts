/** Chips must be possible, and small enough to be simulated. */

import { child, itemsOf, keySpanOf, keysOf, spanOf, type Cursor, type Report } from '../cursor.ts';
import { code } from '../words.ts';
import { chipsOf, type Chip } from './layout.ts';
import { readBytes, sizeInWords } from '../../base/measures.ts';

/** Of all chips together, which are held in memory and copied at every boot. */
const bytesMax = 64 * 1024 * 1024;
const sectorsMax = 65_536;

export function checkChips(root: Cursor, report: Report): void {
  const flash = child(root, 'flash');
  for (const name of keysOf(flash)) {
    const chip = child(flash, name);
    const writeSize = child(chip, 'write-size').value;
    if (typeof writeSize === 'number') for (const run of itemsOf(child(chip, 'sectors'))) checkRun(child(run, 'size'), writeSize, report);
  }
  checkExtent(flash, chipsOf(root), report);
}

function checkExtent(flash: Cursor, chips: ReadonlyMap<string, Chip>, report: Report): void {
  let bytes = 0;
  let sectors = 0;
  for (const [name, { size, runs }] of chips) {
    bytes += size;
    sectors += runs.reduce((total, { count }) => total + count, 0);
    if (bytes <= bytesMax && sectors <= sectorsMax) continue;
    const message = `with ${code(name)} there is more flash than can be simulated: ${sizeInWords(bytesMax)} in ${sectorsMax} sectors`;
    return report('out-of-range', keySpanOf(child(flash, name)), message, { hint: 'leave out the sectors that no area lies on' });
  }
}

function checkRun(size: Cursor, writeSize: number, report: Report): void {
  const bytes = readBytes(size.value);
  if (bytes === undefined || (bytes > 0 && bytes % writeSize === 0)) return;
  const hint = `sectors have a multiple of ${code('write-size')}`;
  report('out-of-range', spanOf(size), `a sector of ${sizeInWords(bytes)} cannot be written in units of ${sizeInWords(writeSize)}`, {
    hint,
  });
}
