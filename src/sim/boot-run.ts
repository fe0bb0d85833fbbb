/** One boot: runs the bootloader at once, and spreads what it did over the time that it would have taken. */

import { linesAfterBoot, linesBeforeBoot, linesOfBoot } from './bootloader/index.ts';
import { startMcuboot } from './first-stage/start-mcuboot.ts';
import type { BootConfig, BootLogLine, BootResult } from './bootloader/index.ts';
import type { FlashFate, FlashHooks, FlashOperation, FlashRead } from './flash/hooks.ts';
import type { Hardware } from './hardware.ts';
import type { Bootloader } from './knobs/knob.ts';

export interface BootRun {
  readonly result: BootResult;
  /** All lines, from those of the first stage on. */
  readonly lines: readonly BootLogLine[];
  /** Puts the flash into the state in which a power cut leaves it that comes `us` after the start. */
  cutAt(us: number): void;
  /** Looks at the flash as it was when the boot began. */
  before<T>(look: () => T): T;
}

export interface BootRunOptions {
  readonly bootloader: Bootloader;
  /** Those of this boot; the caller sets others afterwards. */
  readonly hooks: FlashHooks;
  /** The retained boot mode: keeps the bootloader in its recovery, or starts the firmware loader, although there is an application. */
  readonly stay: boolean;
  /** Printed first, unless the bootloader lies in flash and has banners of its own. */
  readonly banner: readonly string[];
}

export function runBootloader(hardware: Hardware, options: BootRunOptions): BootRun {
  const first = hardware.firstStage === undefined ? undefined : startMcuboot(hardware.firstStage);
  if (first?.running === undefined && first !== undefined) return silentRun(first.lines);
  const release = first?.running?.release ?? hardware.config.release;
  const config = { ...hardware.config, release };
  const areas = { ...hardware.areas, bootloader: first?.running?.slots };
  const host = { ...hardware.host, loaderRequested: options.stay };
  const boot = (): BootResult => options.bootloader.boot(areas, config, host);
  const before = hardware.snapshot();
  const startedUs = hardware.elapsedUs();
  const tape: Tape = { fates: [], stored: new Map(), failedReads: new Set() };
  hardware.setHooks(recording(options.hooks, tape, () => hardware.elapsedUs() - startedUs));
  const result = boot();
  hardware.setHooks(options.hooks);
  // A bootloader may take longer, or less long, than its flash does.
  const pace = result.elapsedUs === 0 ? 1 : (hardware.elapsedUs() - startedUs) / result.elapsedUs;
  const cutAt = (us: number): void => {
    hardware.restore(before);
    // Nothing was written when no operation had begun by then.
    const operation = tape.fates.filter(({ atUs }) => atUs <= us * pace).length - 1;
    hardware.setHooks(replaying(tape, operation, options.hooks));
    if (operation >= 0) boot();
    hardware.setHooks(options.hooks);
  };
  const lookBack = <T>(look: () => T): T => {
    const now = hardware.snapshot();
    hardware.restore(before);
    try {
      return look();
    } finally {
      hardware.restore(now);
    }
  };
  const banner = first?.running?.banner ?? options.banner;
  const lines = [...atStart([...(first?.lines ?? []), ...banner]), ...linesOf(config, result, options.stay)];
  return { result, lines, cutAt, before: lookBack };
}

function atStart(lines: readonly string[]): BootLogLine[] {
  return lines.map((text) => ({ text, atUs: 0 }));
}

/** No MCUboot was started at all. */
function silentRun(lines: readonly string[]): BootRun {
  const result: BootResult = {
    outcome: 'panic',
    panic: 'hang',
    why: 'the first stage found no bootloader to start',
    log: [],
    elapsedUs: 0,
  };
  return { result, lines: atStart(lines), cutAt: () => undefined, before: (look) => look() };
}

/** What the hooks of a boot decided; operations count from 0. */
interface Tape {
  readonly fates: { readonly atUs: number; readonly fate: FlashFate }[];
  /** By program, where other bytes were stored than were given. */
  readonly stored: Map<number, Uint8Array>;
  /** By read. */
  readonly failedReads: Set<number>;
}

function recording(hooks: FlashHooks, tape: Tape, nowUs: () => number): FlashHooks {
  const write = (operation: FlashOperation): FlashFate => {
    const fate = hooks.write?.(operation) ?? 'proceed';
    tape.fates.push({ atUs: nowUs(), fate });
    return fate;
  };
  const next = { stored: 0, read: 0 };
  const read = (operation: FlashRead): 'proceed' | 'fail' => {
    const fate = hooks.read?.(operation) ?? 'proceed';
    if (fate === 'fail') tape.failedReads.add(next.read);
    next.read += 1;
    return fate;
  };
  const store = (operation: FlashOperation, bytes: Uint8Array): Uint8Array => {
    const stored = hooks.store?.(operation, bytes) ?? bytes;
    if (stored !== bytes) tape.stored.set(next.stored, stored);
    next.stored += 1;
    return stored;
  };
  return { write, read, store, over: hooks.over };
}

/** The same once more, until the power goes in the middle of an operation. */
function replaying(tape: Tape, lastOperation: number, { over }: FlashHooks): FlashHooks {
  const next = { fate: 0, stored: 0, read: 0 };
  return {
    write: () => (next.fate++ === lastOperation ? 'cut-torn' : (tape.fates[next.fate - 1]?.fate ?? 'proceed')),
    read: () => (tape.failedReads.has(next.read++) ? 'fail' : 'proceed'),
    store: (_, bytes) => tape.stored.get(next.stored++) ?? bytes,
    over,
  };
}

/** A bootloader that is told to stay says nothing about the image that it would have started, or did not find. */
function linesOf(config: BootConfig, result: BootResult, stay: boolean): BootLogLine[] {
  const first = atStart(linesBeforeBoot(config));
  const last = stay ? [] : linesAfterBoot(config, result).map((text) => ({ text, atUs: result.elapsedUs }));
  return [...first, ...linesOfBoot(result), ...last];
}
