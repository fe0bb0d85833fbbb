/**
 * Simulated flash memory, stricter than the real one. It knows its sector map, refuses illegal use, counts what is done
 * to it, adds up the time that would have passed, and lets a hook cut the power or fail an operation at any point.
 * It never looks at what is stored.
 */

import { assert } from '../base/assert.ts';
import { equalBytes } from '../base/bytes.ts';
import { FlashError, FlashFailure, PowerCut } from './flash/errors.ts';
import { createSectorMap, sliceSectorMap } from './flash/sector-map.ts';
import type { Violation } from './flash/errors.ts';
import type { FlashHooks, FlashOperation } from './flash/hooks.ts';
import type { SectorMap, SectorRun } from './flash/sector-map.ts';

/** Microseconds of simulated time that each kind of work takes. */
export interface FlashCosts {
  readonly eraseSectorUs: number;
  /** For each started write unit of a program operation. */
  readonly programUnitUs: number;
  readonly readByteUs: number;
}

/** A kind of memory. */
export interface FlashSpec {
  /** Name in messages and operations, such as `internal` or `spi-nor`. */
  readonly name: string;
  readonly sectors: readonly SectorRun[];
  /** Smallest unit that can be programmed, in bytes: 1 to 32, a power of two. */
  readonly writeSize: number;
  /** What an erased byte reads as. 0xff unless said otherwise. */
  readonly erasedValue?: 0xff | 0x00;
  /** False for memories such as RRAM and MRAM, where every write simply replaces the old contents. True unless said otherwise. */
  readonly eraseRequired?: boolean;
  /** Strict flash throws `FlashError` on illegal use; lenient flash counts it and does what the silicon would do. Strict unless said otherwise. */
  readonly strict?: boolean;
  readonly costs?: FlashCosts;
}

/** What was done since the counters were last taken. One operation is one call, however many sectors it spans. */
export interface FlashCounters {
  programs: number;
  programBytes: number;
  erases: number;
  eraseBytes: number;
  readonly violations: Partial<Record<Violation, number>>;
}

/**
 * The contents as they were: counters, wear and time are measurements and go on. A snapshot holds the pages that changed before the
 * next one was taken, and the rest is found in that; so each costs only what is written, and lasts for as long as somebody keeps it.
 */
export interface FlashSnapshot {
  readonly pages: Map<number, Uint8Array>;
  /** The one taken after it. */
  next: FlashSnapshot | undefined;
}

const pageSize = 4096;
/** The largest of what bootloaders look at most often: the flags of a trailer. */
const flagSize = 32;

/** A new flash, erased throughout. */
export function createFlash(spec: FlashSpec): Flash {
  return new Flash(spec);
}

/** The memory and its meters. Offsets are in bytes from its start. */
export class Flash {
  readonly name: string;
  readonly size: number;
  readonly writeSize: number;
  readonly erasedValue: number;
  readonly eraseRequired: boolean;
  readonly sectors: SectorMap;
  /** Erase count of each sector since the flash was made. */
  readonly wear: Uint32Array;
  readonly #contents: Uint8Array;
  readonly #strict: boolean;
  readonly #costs: FlashCosts;
  #hooks: FlashHooks = {};
  #newest: FlashSnapshot | undefined;
  #counters = noCounters();
  #elapsedUs = 0;
  #takenUs = 0;

  constructor(spec: FlashSpec) {
    const { writeSize } = spec;
    assert(writeSize >= 1 && writeSize <= 32 && (writeSize & (writeSize - 1)) === 0, `write size ${writeSize}`);
    this.name = spec.name;
    this.writeSize = writeSize;
    this.erasedValue = spec.erasedValue ?? 0xff;
    this.eraseRequired = spec.eraseRequired ?? true;
    this.sectors = createSectorMap(spec.sectors);
    this.size = this.sectors.size;
    this.wear = new Uint32Array(this.sectors.count);
    this.#strict = spec.strict ?? true;
    this.#costs = spec.costs ?? { eraseSectorUs: 0, programUnitUs: 0, readByteUs: 0 };
    this.#contents = new Uint8Array(this.size).fill(this.erasedValue);
  }

  /** The bytes at `at`, as a view that later operations change: copy what has to last. Throws `FlashFailure` when the hook says so. */
  read(at: number, length: number): Uint8Array {
    if (!this.#inRange(at, length)) this.#refuse('out_of_range', `read of ${length} bytes at ${hex(at)}`);
    if (this.#hooks.read?.({ flash: this.name, at, length }) === 'fail') throw new FlashFailure(`${this.name}: read at ${hex(at)} failed`);
    this.#elapsedUs += length * this.#costs.readByteUs;
    return this.#contents.subarray(at, at + length);
  }

  /** Programs whole write units. On erase-type flash bits only move away from the erased value; cells that are not erased are a violation. */
  program(at: number, bytes: Uint8Array): void {
    const { length } = bytes;
    if (!this.#inRange(at, length)) this.#refuse('out_of_range', `program of ${length} bytes at ${hex(at)}`);
    if (at % this.writeSize !== 0 || length % this.writeSize !== 0) this.#note('misaligned', `program of ${length} bytes at ${hex(at)}`);
    const fresh = !this.eraseRequired || this.isErased(at, length);
    if (!fresh) this.#noteOver(at, bytes);
    const operation = { flash: this.name, kind: 'program', at, length } as const;
    const reach = this.#reachOf(operation);
    const stored = this.#hooks.store?.(operation, bytes) ?? bytes;
    this.#counters.programs += 1;
    this.#counters.programBytes += length;
    this.#elapsedUs += Math.ceil(length / this.writeSize) * this.#costs.programUnitUs;
    const reached = reach.bytes === length ? stored : stored.subarray(0, reach.bytes);
    this.#keep(at, reached.length);
    if (fresh) this.#contents.set(reached, at);
    else this.#programOver(at, reached);
    if (reach.thenCut) throw powerCut(this.name, 'program', at);
  }

  /** Erases whole sectors. */
  erase(at: number, length: number): void {
    if (length === 0 || !this.#inRange(at, length)) this.#refuse('out_of_range', `erase of ${length} bytes at ${hex(at)}`);
    const whole = this.sectors.isBoundary(at) && this.sectors.isBoundary(at + length);
    if (!whole) this.#note('partial_erase', `erase of ${length} bytes at ${hex(at)}`);
    const reach = this.#reachOf({ flash: this.name, kind: 'erase', at, length });
    this.#counters.erases += 1;
    this.#counters.eraseBytes += length;
    const last = this.sectors.indexAt(at + length - 1);
    for (let index = this.sectors.indexAt(at); index <= last; index += 1) {
      this.wear[index]! += 1;
      this.#elapsedUs += this.#costs.eraseSectorUs;
    }
    this.#keep(at, reach.bytes);
    this.#contents.fill(this.erasedValue, at, at + reach.bytes);
    if (reach.thenCut) throw powerCut(this.name, 'erase', at);
  }

  isErased(at: number, length: number): boolean {
    const contents = this.#contents;
    const end = at + length;
    const looked = Math.min(end, at + flagSize);
    for (let index = at; index < looked; index += 1) if (contents[index] !== this.erasedValue) return false;
    // The rest is erased where each byte is like the one before it. The quickest way to see that is to compare memory with itself.
    return looked === end || equalBytes(contents.subarray(looked, end), contents.subarray(looked - 1, end - 1));
  }

  /** Sets bytes as a debugger or a production programmer does: no rules, no hook, no counting. */
  load(at: number, bytes: Uint8Array): void {
    assert(this.#inRange(at, bytes.length), `load of ${bytes.length} bytes at ${hex(at)}`);
    this.#keep(at, bytes.length);
    this.#contents.set(bytes, at);
  }

  /** A retention error: flips the bits of `mask` in one byte. */
  flipBits(at: number, mask: number): void {
    assert(this.#inRange(at, 1), `bit error at ${hex(at)}`);
    this.#keep(at, 1);
    this.#contents[at]! ^= mask;
  }

  setHooks(hooks: FlashHooks): void {
    this.#hooks = hooks;
  }

  snapshot(): FlashSnapshot {
    const snapshot: FlashSnapshot = { pages: new Map(), next: undefined };
    if (this.#newest !== undefined) this.#newest.next = snapshot;
    this.#newest = snapshot;
    return snapshot;
  }

  restore(snapshot: FlashSnapshot): void {
    const pages = new Map<number, Uint8Array>();
    let last = snapshot;
    for (let one: FlashSnapshot | undefined = snapshot; one !== undefined; one = one.next) {
      for (const [at, page] of one.pages) if (!pages.has(at)) pages.set(at, page);
      last = one;
    }
    assert(last === this.#newest, 'a snapshot of another flash');
    for (const [at, page] of pages) this.load(at, page);
  }

  /** Total simulated time of all operations so far. */
  get elapsedUs(): number {
    return this.#elapsedUs;
  }

  /** The simulated time since this was last called. */
  takeElapsedUs(): number {
    const taken = this.#elapsedUs - this.#takenUs;
    this.#takenUs = this.#elapsedUs;
    return taken;
  }

  /** Lets time pass that is not the flash's own, such as that of somebody who waits. */
  spend(us: number): void {
    this.#elapsedUs += us;
  }

  /** The counters since this was last called. */
  takeCounters(): FlashCounters {
    const taken = this.#counters;
    this.#counters = noCounters();
    return taken;
  }

  /** To be called before bytes change. */
  #keep(at: number, length: number): void {
    const pages = this.#newest?.pages;
    if (pages === undefined) return;
    for (let page = at - (at % pageSize); page < at + length; page += pageSize) {
      if (!pages.has(page)) pages.set(page, this.#contents.slice(page, page + pageSize));
    }
  }

  #inRange(at: number, length: number): boolean {
    return at >= 0 && length >= 0 && at + length <= this.size;
  }

  #programOver(at: number, bytes: Uint8Array): void {
    const clearsBits = this.erasedValue === 0xff;
    for (let index = 0; index < bytes.length; index += 1) {
      const cell = this.#contents[at + index]!;
      this.#contents[at + index] = clearsBits ? cell & bytes[index]! : cell | bytes[index]!;
    }
  }

  /** How many bytes of the operation take effect, and whether the power goes away then. Throws when none do. */
  #reachOf(operation: FlashOperation): { readonly bytes: number; readonly thenCut: boolean } {
    const { length, kind, at } = operation;
    const fate = this.#hooks.write?.(operation) ?? 'proceed';
    if (typeof fate === 'object') return { bytes: this.#shareOf(length, fate.tornAt), thenCut: true };
    switch (fate) {
      case 'proceed':
        return { bytes: length, thenCut: false };
      case 'cut-after':
        return { bytes: length, thenCut: true };
      case 'partial':
        return { bytes: this.#shareOf(length, 0.5), thenCut: false };
      case 'cut-torn':
        return { bytes: this.#shareOf(length, 0.5), thenCut: true };
      case 'cut-before':
        throw powerCut(this.name, kind, at);
      case 'fail':
        throw new FlashFailure(`${this.name}: ${kind} at ${hex(at)} failed`);
    }
  }

  #shareOf(length: number, share: number): number {
    const bytes = Math.floor(length * share);
    return bytes - (bytes % this.writeSize);
  }

  /** Illegal use that the silicon would carry out all the same. */
  #note(violation: Violation, what: string): void {
    if (this.#strict) throw new FlashError(violation, `${this.name}: ${what}`);
    this.#count(violation);
  }

  #count(violation: Violation): void {
    this.#counters.violations[violation] = (this.#counters.violations[violation] ?? 0) + 1;
  }

  /** The very same bytes once more do no harm, and MCUboot up to v2.1 relies on that: it marks a refused swap done at every boot (mcuboot.md 4.2). */
  #noteOver(at: number, bytes: Uint8Array): void {
    const same = equalBytes(this.#contents.subarray(at, at + bytes.length), bytes);
    if (same || this.#hooks.over?.() === true) this.#count('write_over_data');
    else this.#note('write_over_data', `program at ${hex(at)} of cells that are not erased`);
  }

  /** Illegal use that cannot be carried out. */
  #refuse(violation: Violation, what: string): never {
    this.#note(violation, what);
    throw new FlashFailure(`${this.name}: ${what}`);
  }
}

/** A part of a flash, such as a slot; its offsets count from its own start. */
export interface FlashArea {
  readonly name: string;
  readonly flash: Flash;
  /** Where it begins in its flash. */
  readonly offset: number;
  /** What firmware calls its address: the offset unless said otherwise. */
  readonly address: number;
  readonly size: number;
  readonly writeSize: number;
  readonly erasedValue: number;
  readonly eraseRequired: boolean;
  readonly sectors: SectorMap;
  /** As `Flash.read`. */
  read(offset: number, length: number): Uint8Array;
  program(offset: number, bytes: Uint8Array): void;
  erase(offset: number, length: number): void;
  isErased(offset: number, length: number): boolean;
  load(offset: number, bytes: Uint8Array): void;
}

/** Part of a flash. `address` is where the bootloader and the tools say it is: the offset unless said otherwise. */
export interface FlashAreaSpec {
  readonly offset: number;
  readonly size: number;
  /** The flash's name unless said otherwise. */
  readonly name?: string;
  readonly address?: number;
}

/** A slot. Both of its ends must be sector boundaries. Operations that leave it fail as they would at the end of the flash. */
export function flashArea(flash: Flash, spec: FlashAreaSpec): FlashArea {
  const { offset, size, name = flash.name, address = offset } = spec;
  const place = (at: number, length: number): number => {
    if (at < 0 || at + length > size) throw new FlashFailure(`${name}: ${length} bytes at ${hex(at)} leave the area`);
    return offset + at;
  };
  const { writeSize, erasedValue, eraseRequired } = flash;
  return {
    ...{ name, flash, offset, address, size, writeSize, erasedValue, eraseRequired },
    sectors: sliceSectorMap(flash.sectors, offset, size),
    read: (at, length) => flash.read(place(at, length), length),
    program: (at, bytes) => flash.program(place(at, bytes.length), bytes),
    erase: (at, length) => flash.erase(place(at, length), length),
    isErased: (at, length) => flash.isErased(place(at, length), length),
    load: (at, bytes) => flash.load(place(at, bytes.length), bytes),
  };
}

function powerCut(flash: string, kind: string, at: number): PowerCut {
  return new PowerCut(`${flash}: power cut at ${kind} ${hex(at)}`);
}

function noCounters(): FlashCounters {
  return { programs: 0, programBytes: 0, erases: 0, eraseBytes: 0, violations: {} };
}

function hex(value: number): string {
  return `0x${value.toString(16)}`;
}
