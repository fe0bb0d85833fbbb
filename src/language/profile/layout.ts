/** Where the areas of a profile lie on its chips. Whatever the schema refuses is left out. */

import { child, itemsOf, keysOf, textOf, type Cursor } from '../cursor.ts';
import { readBytes } from '../../base/measures.ts';

/** The schema takes no more; longer lists are not looked at, since every area is compared with every other one. */
const imagesMax = 8;

export interface SectorRun {
  readonly size: number;
  readonly count: number;
}

export interface Chip {
  readonly size: number;
  readonly writeSize: number;
  readonly runs: readonly SectorRun[];
}

/** An area of which chip, offset and size are known. */
export interface PlacedArea {
  readonly cursor: Cursor;
  /** What messages call it. */
  readonly name: string;
  readonly chip: string;
  readonly offset: number;
  readonly size: number;
}

/** The chips that are legible, by name. */
export function chipsOf(root: Cursor): ReadonlyMap<string, Chip> {
  const flash = child(root, 'flash');
  return new Map(
    keysOf(flash).flatMap((name) => {
      const chip = child(flash, name);
      const runs = itemsOf(child(chip, 'sectors')).map(runOf);
      const legible = runs.filter((run) => run !== undefined);
      if (legible.length === 0 || legible.length < runs.length) return [];
      const writeSize = child(chip, 'write-size').value;
      const size = legible.reduce((total, run) => total + run.size * run.count, 0);
      return [[name, { size, writeSize: typeof writeSize === 'number' ? writeSize : 1, runs: legible }] as const];
    }),
  );
}

function runOf(run: Cursor): SectorRun | undefined {
  const size = readBytes(child(run, 'size').value);
  const count = child(run, 'count').value;
  return size === undefined || size === 0 || typeof count !== 'number' || !Number.isInteger(count) || count < 1
    ? undefined
    : { size, count };
}

/** The places where a profile says where an area is, with what messages call it. */
export function areaPlaces(root: Cursor): readonly { readonly cursor: Cursor; readonly name: string }[] {
  const images = itemsOf(child(root, 'images')).slice(0, imagesMax);
  const slots = images.flatMap((image, index) =>
    ['primary', 'secondary'].map((slot) => ({ cursor: child(image, slot), name: `the ${slot} slot of image ${index}` })),
  );
  const others = ['scratch', 'storage', 'network-core'].map((key) => ({ cursor: child(root, key), name: `the ${key} area` }));
  const firstStage = child(root, 'first-stage');
  const copies = ['s0', 's1'].map((key) => ({ cursor: child(firstStage, key), name: `the slot ${key} of the first stage` }));
  return [...slots, ...others, ...copies].filter(({ cursor }) => cursor.value !== undefined);
}

export function placedArea({ cursor, name }: { readonly cursor: Cursor; readonly name: string }): PlacedArea | undefined {
  const chip = textOf(child(cursor, 'flash'));
  const offset = readBytes(child(cursor, 'offset').value);
  const size = readBytes(child(cursor, 'size').value);
  return chip === undefined || offset === undefined || size === undefined ? undefined : { cursor, name, chip, offset, size };
}

/** The sector boundaries around an offset on the chip: the same twice when it is one itself. */
export function boundariesAround({ runs, size: end }: Chip, offset: number): readonly [below: number, above: number] {
  let start = 0;
  for (const { size, count } of runs) {
    const inside = offset - start;
    if (inside < size * count) {
      const below = start + Math.floor(inside / size) * size;
      return [below, below === offset ? below : below + size];
    }
    start += size * count;
  }
  return [end, end];
}

/** How many sectors an area has, and their sizes, each once; the area must lie on the chip. */
export function sectorsOf({ runs }: Chip, { offset, size }: PlacedArea): { readonly sizes: readonly number[]; readonly count: number } {
  const sizes = new Set<number>();
  let count = 0;
  let start = 0;
  for (const run of runs) {
    const end = start + run.size * run.count;
    const shared = Math.min(end, offset + size) - Math.max(start, offset);
    if (shared > 0) {
      sizes.add(run.size);
      count += Math.ceil(shared / run.size);
    }
    start = end;
  }
  return { sizes: [...sizes], count };
}
