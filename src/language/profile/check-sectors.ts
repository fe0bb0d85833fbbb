/** What MCUboot demands of the sectors of its slots. Devices that break it exist and may be wanted, so most of this only warns. */

import { child, spanOf, textOf, type Cursor, type Report } from '../cursor.ts';
import { code } from '../words.ts';
import { sectorsOf, type Chip, type PlacedArea } from './layout.ts';
import { sizeInWords } from '../../base/measures.ts';

/** MCUboot's own values (mcuboot.md 2.1). */
const defaultMaxSectors = 128;
const defaultMaxAlign = 8;

interface SlotRules {
  readonly mode: string | undefined;
  readonly maxSectors: number;
  readonly maxAlign: number;
  /** Size of the scratch area, where there is one. */
  readonly scratch: number | undefined;
  readonly report: Report;
}

/** A slot that lies on its chip. */
interface Slot extends PlacedArea {
  readonly writeSize: number;
  readonly sectors: { readonly count: number; readonly sizes: readonly number[] };
}

export function checkSectors(root: Cursor, areas: readonly PlacedArea[], chips: ReadonlyMap<string, Chip>, report: Report): void {
  const bootloader = child(root, 'bootloader');
  const rules: SlotRules = {
    mode: textOf(child(bootloader, 'mode')),
    maxSectors: numberOr(child(bootloader, 'max-sectors'), defaultMaxSectors),
    maxAlign: numberOr(child(bootloader, 'max-align'), defaultMaxAlign),
    scratch: areas.find(({ cursor }) => cursor.path[0] === 'scratch')?.size,
    report,
  };
  const slots = areas.filter(({ cursor }) => cursor.path[0] === 'images').flatMap((area) => slotOf(area, chips.get(area.chip)));
  for (const slot of slots) checkSlot(slot, rules);
  for (const secondary of slots) checkPair(partner(secondary, slots), secondary, rules);
}

function slotOf(area: PlacedArea, chip: Chip | undefined): Slot[] {
  if (chip === undefined || area.offset + area.size > chip.size) return [];
  return [{ ...area, writeSize: chip.writeSize, sectors: sectorsOf(chip, area) }];
}

/** The primary slot of a secondary one. */
function partner({ cursor }: Slot, slots: readonly Slot[]): Slot | undefined {
  if (cursor.path.at(-1) !== 'secondary') return undefined;
  return slots.find((other) => other.cursor.path[1] === cursor.path[1] && other.cursor.path.at(-1) === 'primary');
}

function checkSlot(slot: Slot, { mode, maxSectors, maxAlign, scratch, report }: SlotRules): void {
  const { cursor, name, sectors, writeSize } = slot;
  const unsuitable = (message: string, hint: string): void =>
    report('sectors-unsuitable', spanOf(cursor), message, { severity: 'warning', hint });
  if (sectors.count > maxSectors) {
    const message = `${name} has ${sectors.count} sectors, but the bootloader takes ${maxSectors}`;
    unsuitable(message, `set ${code('max-sectors')} of the bootloader to ${sectors.count} or more`);
  }
  if (needsEqualSectors(mode) && sectors.sizes.length > 1) {
    const message = `the mode ${code(mode)} needs equal sectors, but those of ${name} differ`;
    unsuitable(message, 'such a slot needs the mode `scratch` or `overwrite`');
  }
  const largest = Math.max(...sectors.sizes);
  if (mode === 'scratch' && scratch !== undefined && scratch < largest) {
    const message = `the scratch area has ${sizeInWords(scratch)}, but ${name} has sectors of ${sizeInWords(largest)}`;
    unsuitable(message, 'make the scratch area as large as the largest sector of the slots');
  }
  if (writeSize > maxAlign) {
    const message = `${name} is written in units of ${writeSize} bytes, but the fields of its trailer are aligned to ${maxAlign}`;
    report('out-of-range', spanOf(cursor), message, { hint: `set ${code('max-align')} of the bootloader to ${writeSize}` });
  }
}

/** Sectors are moved one by one, so both slots must have the same ones. */
function checkPair(primary: Slot | undefined, secondary: Slot, { mode, report }: SlotRules): void {
  if (primary === undefined || !needsEqualSectors(mode)) return;
  const [above, below] = [primary.sectors.sizes, secondary.sectors.sizes];
  if (above.length !== 1 || below.length !== 1 || above[0] === below[0]) return;
  const message = `the mode ${code(mode)} needs sectors of the same size in both slots`;
  const hint = `those of the primary slot have ${sizeInWords(above[0]!)}, those of the secondary one ${sizeInWords(below[0]!)}`;
  report('sectors-unsuitable', spanOf(secondary.cursor), message, { severity: 'warning', hint });
}

function needsEqualSectors(mode: string | undefined): mode is 'move' | 'offset' {
  return mode === 'move' || mode === 'offset';
}

function numberOr({ value }: Cursor, fallback: number): number {
  return typeof value === 'number' ? value : fallback;
}
