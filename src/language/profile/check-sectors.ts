/** What MCUboot demands of the sectors of slots, depending on its mode. A device that breaks it may be wanted, so most of this warns. */

import { child, spanOf, textOf, type Cursor, type Report } from '../cursor.ts';
import { code } from '../words.ts';
import { sectorSizesOf, type Chip, type PlacedArea } from './layout.ts';

/** MCUboot's own values (mcuboot.md 2.1). */
const defaultMaxSectors = 128;
const defaultMaxAlign = 8;

interface SectorContext {
  readonly chips: ReadonlyMap<string, Chip>;
  readonly areas: readonly PlacedArea[];
  readonly report: Report;
}

export function checkSectors(root: Cursor, { chips, areas, report }: SectorContext): void {
  const bootloader = child(root, 'bootloader');
  const mode = textOf(child(bootloader, 'mode'));
  const maxSectors = numberOr(child(bootloader, 'max-sectors'), defaultMaxSectors);
  const maxAlign = numberOr(child(bootloader, 'max-align'), defaultMaxAlign);
  for (const area of areas.filter(isSlot)) {
    const chip = chips.get(area.chip);
    if (chip === undefined || area.offset + area.size > chip.size) continue;
    const { sizes, count } = sectorSizesOf(chip, area);
    if (count > maxSectors) {
      const hint = `set ${code('max-sectors')} of the bootloader to ${count} or more`;
      report('sectors-unsuitable', spanOf(area.cursor), `${area.name} has ${count} sectors, but the bootloader takes ${maxSectors}`, {
        severity: 'warning',
        hint,
      });
    }
    if ((mode === 'move' || mode === 'offset') && sizes.length > 1) {
      const hint = 'such a slot needs the mode `scratch` or `overwrite`';
      report('sectors-unsuitable', spanOf(area.cursor), `the mode ${code(mode)} needs equal sectors, but those of ${area.name} differ`, {
        severity: 'warning',
        hint,
      });
    }
    if (typeof chip.writeSize === 'number' && chip.writeSize > maxAlign) {
      const message = `${area.name} is written in units of ${chip.writeSize} bytes, but the trailer's fields are aligned to ${maxAlign}`;
      report('out-of-range', spanOf(area.cursor), message, { hint: `set ${code('max-align')} of the bootloader to ${chip.writeSize}` });
    }
  }
  checkPairs(areas.filter(isSlot), { mode, chips, report });
}

interface PairContext extends Omit<SectorContext, 'areas'> {
  readonly mode: string | undefined;
}

/** Move and offset copy sector by sector, so both slots must have the same ones (mcuboot.md 6.7). */
function checkPairs(slots: readonly PlacedArea[], { mode, chips, report }: PairContext): void {
  if (mode !== 'move' && mode !== 'offset') return;
  for (const secondary of slots.filter(({ cursor }) => cursor.path.at(-1) === 'secondary')) {
    const primary = slots.find(({ cursor }) => cursor.path[1] === secondary.cursor.path[1] && cursor.path.at(-1) === 'primary');
    const [above, below] = [primary && sectorsOf(primary, chips), sectorsOf(secondary, chips)];
    if (above === undefined || below === undefined || above === below) continue;
    const message = `the mode ${code(mode)} needs sectors of the same size in both slots`;
    const hint = `here they have ${above} and ${below} bytes`;
    report('sectors-unsuitable', spanOf(secondary.cursor), message, { severity: 'warning', hint });
  }
}

/** The size of all sectors of an area; undefined when they differ. */
function sectorsOf(area: PlacedArea, chips: ReadonlyMap<string, Chip>): number | undefined {
  const chip = chips.get(area.chip);
  const { sizes } = chip === undefined ? { sizes: [] } : sectorSizesOf(chip, area);
  return sizes.length === 1 ? sizes[0] : undefined;
}

function isSlot({ cursor }: PlacedArea): boolean {
  return cursor.path[0] === 'images';
}

function numberOr({ value }: Cursor, fallback: number): number {
  return typeof value === 'number' ? value : fallback;
}
