/** Where the sectors of a flash, or of a part of one, begin and end. */

import { assert } from '../../base/assert.ts';

/** `count` sectors of `size` bytes in a row. */
export type SectorRun = readonly [size: number, count: number];

/** A unit of erase, in bytes from the start of its map. */
export interface Sector {
  readonly offset: number;
  readonly size: number;
}

/** All sectors, in order and without gaps. */
export interface SectorMap {
  readonly size: number;
  readonly count: number;
  /** The sector with this index; a programmer error if there is none. */
  at(index: number): Sector;
  /** Index of the sector that holds the byte at `offset`. */
  indexAt(offset: number): number;
  /** Whether a sector begins at `offset`, or the last one ends there. */
  isBoundary(offset: number): boolean;
}

/** Lays out runs one after the other. */
export function createSectorMap(runs: readonly SectorRun[]): SectorMap {
  const sectors: Sector[] = [];
  let size = 0;
  for (const [sectorSize, count] of runs) {
    assert(Number.isInteger(sectorSize) && sectorSize > 0 && Number.isInteger(count) && count > 0, `sector run [${sectorSize}, ${count}]`);
    for (let index = 0; index < count; index += 1) {
      sectors.push({ offset: size, size: sectorSize });
      size += sectorSize;
    }
  }
  return mapOf(sectors, size);
}

/** The sectors inside `[offset, offset + size)`, counted from `offset`. Both ends must be sector boundaries. */
export function sliceSectorMap(map: SectorMap, offset: number, size: number): SectorMap {
  assert(map.isBoundary(offset) && map.isBoundary(offset + size), `area at ${offset} of ${size} bytes cuts a sector`);
  const sectors: Sector[] = [];
  for (let index = map.indexAt(offset), used = 0; used < size; index += 1) {
    const sector = map.at(index);
    sectors.push({ offset: sector.offset - offset, size: sector.size });
    used += sector.size;
  }
  return mapOf(sectors, size);
}

function mapOf(sectors: readonly Sector[], size: number): SectorMap {
  assert(sectors.length > 0, 'a flash without sectors');
  const indexAt = (offset: number): number => {
    let low = 0;
    let high = sectors.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (sectors[middle]!.offset <= offset) low = middle;
      else high = middle - 1;
    }
    return low;
  };
  return {
    size,
    count: sectors.length,
    at: (index) => {
      const sector = sectors[index];
      assert(sector !== undefined, `sector ${index} of ${sectors.length}`);
      return sector;
    },
    indexAt,
    isBoundary: (offset) => offset === size || sectors[indexAt(offset)]!.offset === offset,
  };
}
