/** Areas must lie on a chip that exists, begin and end with its sectors, and keep apart from each other. */

import { child, spanOf, textOf, type Cursor, type Report } from '../cursor.ts';
import { code, suggestion } from '../words.ts';
import { boundariesAround, type Chip, type PlacedArea } from './layout.ts';
import { sizeInWords } from '../../base/measures.ts';

export function checkAreas(areas: readonly PlacedArea[], chips: ReadonlyMap<string, Chip>, known: readonly string[], report: Report): void {
  for (const area of areas) {
    const chip = chips.get(area.chip);
    if (chip !== undefined) checkPlace(area, chip, report);
    else checkChipName(child(area.cursor, 'flash'), known, report);
  }
  areas.forEach((area, index) => checkOverlap(area, areas.slice(0, index), report));
}

/** `known` are the names of all chips, those included that are not legible. */
export function checkChipName(place: Cursor, known: readonly string[], report: Report): void {
  const name = textOf(place);
  if (name === undefined || known.includes(name)) return;
  report('chip-unknown', spanOf(place), `the device has no chip ${code(name)}`, { hint: suggestion(name, known) });
}

function checkPlace(area: PlacedArea, chip: Chip, report: Report): void {
  const { cursor, name, offset, size } = area;
  const end = offset + size;
  if (size === 0) return report('out-of-range', spanOf(child(cursor, 'size')), `${name} has no room`);
  if (end > chip.size) {
    const message = `${name} ends at ${hex(end)}, beyond the end of ${code(area.chip)}`;
    return report('area-outside', spanOf(child(cursor, 'size')), message, {
      hint: `the chip has ${sizeInWords(chip.size)} (${hex(chip.size)})`,
    });
  }
  const start = boundariesAround(chip, offset);
  if (start[0] !== offset) {
    const hint = `sectors begin at ${hex(start[0])} and ${hex(start[1])}`;
    return report('area-misaligned', spanOf(child(cursor, 'offset')), `${name} begins at ${hex(offset)}, inside a sector`, { hint });
  }
  const [below, above] = boundariesAround(chip, end);
  if (below === end) return;
  const sizes = below === offset ? sizeInWords(above - offset) : `${sizeInWords(below - offset)} or ${sizeInWords(above - offset)}`;
  const hint = `the sizes that end with a sector are ${sizes}`;
  report('area-misaligned', spanOf(child(cursor, 'size')), `${name} ends at ${hex(end)}, inside a sector`, { hint });
}

function checkOverlap(area: PlacedArea, before: readonly PlacedArea[], report: Report): void {
  const other = before.find(
    ({ chip, offset, size }) => chip === area.chip && offset < area.offset + area.size && area.offset < offset + size,
  );
  if (other === undefined) return;
  const message = `${area.name} overlaps with ${other.name}, which ends at ${hex(other.offset + other.size)}`;
  const related = [{ message: `${other.name} is here`, span: spanOf(other.cursor) }];
  report('area-overlap', spanOf(area.cursor), message, { related });
}

/** As devicetrees and data sheets write addresses. */
function hex(offset: number): string {
  return `0x${offset.toString(16)}`;
}
