/** Chips must be possible, and small enough to be simulated. */

import { child, itemsOf, keySpanOf, keysOf, spanOf, type Cursor, type Report } from '../cursor.ts';
import { code } from '../words.ts';
import { chipsOf } from './layout.ts';
import { readBytes, sizeInWords } from './measures.ts';

/** A simulated chip is held in memory, and copied at every boot. */
const chipBytesMax = 64 * 1024 * 1024;
const sectorsMax = 65_536;

export function checkChips(root: Cursor, report: Report): void {
  const flash = child(root, 'flash');
  for (const name of keysOf(flash)) {
    const chip = child(flash, name);
    const writeSize = child(chip, 'write-size').value;
    if (typeof writeSize === 'number') for (const run of itemsOf(child(chip, 'sectors'))) checkRun(child(run, 'size'), writeSize, report);
  }
  for (const [name, { size, runs }] of chipsOf(root)) {
    const sectors = runs.reduce((total, { count }) => total + count, 0);
    if (size <= chipBytesMax && sectors <= sectorsMax) continue;
    const message = `${code(name)} is too large to be simulated: a chip may have ${sizeInWords(chipBytesMax)} and ${sectorsMax} sectors`;
    report('out-of-range', keySpanOf(child(flash, name)), message, { hint: 'leave out the sectors that no area lies on' });
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
