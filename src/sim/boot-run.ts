/** One boot: runs the bootloader at once, and spreads what it did over the time that it would have taken. */

import { bootOnce, linesAfterBoot, linesBeforeBoot, linesOfBoot } from './bootloader/index.ts';
import type { BootDefects, BootLogLine, BootResult } from './bootloader/index.ts';
import type { FlashFate, FlashHooks, FlashOperation, FlashRead } from './flash/hooks.ts';
import type { Hardware } from './hardware.ts';

export interface BootRun {
  readonly result: BootResult;
  /** All of the bootloader's lines but its banner. */
  readonly lines: readonly BootLogLine[];
  /** Puts the flash into the state in which a power cut leaves it that comes `us` after the start. */
  cutAt(us: number): void;
}

export interface BootRunOptions {
  /** Those of this boot; the caller sets others afterwards. */
  readonly hooks: FlashHooks;
  /** Keeps the bootloader in its recovery although it found an image. */
  readonly stay: boolean;
  /** In place of those that the bootloader was built with. */
  readonly defects?: BootDefects | undefined;
}

export function runBootloader(hardware: Hardware, options: BootRunOptions): BootRun {
  const config = { ...hardware.config, defects: options.defects ?? hardware.config.defects };
  const boot = (): BootResult => bootOnce(hardware.areas, config, hardware.host);
  const before = hardware.snapshot();
  const startedUs = hardware.elapsedUs();
  const tape: Tape = { fates: [], stored: [], reads: [] };
  hardware.setHooks(recording(options.hooks, tape, () => hardware.elapsedUs() - startedUs));
  const result = boot();
  hardware.setHooks(options.hooks);
  const cutAt = (us: number): void => {
    hardware.restore(before);
    // Nothing was written when no operation had begun by then.
    const operation = tape.fates.filter(({ atUs }) => atUs <= us).length - 1;
    hardware.setHooks(replaying(tape, operation));
    if (operation >= 0) boot();
    hardware.setHooks(options.hooks);
  };
  return { result, lines: linesOf(hardware, result, options.stay), cutAt };
}

/** What the hooks of a boot decided, in order. */
interface Tape {
  readonly fates: { readonly atUs: number; readonly fate: FlashFate }[];
  /** Undefined where the bytes were stored as they were. */
  readonly stored: (Uint8Array | undefined)[];
  readonly reads: ('proceed' | 'fail')[];
}

function recording(hooks: FlashHooks, tape: Tape, nowUs: () => number): FlashHooks {
  const write = (operation: FlashOperation): FlashFate => {
    const fate = hooks.write?.(operation) ?? 'proceed';
    tape.fates.push({ atUs: nowUs(), fate });
    return fate;
  };
  const { read, store } = hooks;
  const heard = (operation: FlashRead): 'proceed' | 'fail' => {
    const fate = read?.(operation) ?? 'proceed';
    tape.reads.push(fate);
    return fate;
  };
  const kept = (operation: FlashOperation, bytes: Uint8Array): Uint8Array => {
    const stored = store?.(operation, bytes) ?? bytes;
    tape.stored.push(stored === bytes ? undefined : stored);
    return stored;
  };
  return { write, ...(read !== undefined && { read: heard }), ...(store !== undefined && { store: kept }) };
}

/** The same once more, until the power goes in the middle of an operation. */
function replaying(tape: Tape, lastOperation: number): FlashHooks {
  const next = { fate: 0, stored: 0, read: 0 };
  return {
    write: () => (next.fate++ === lastOperation ? 'cut-torn' : (tape.fates[next.fate - 1]?.fate ?? 'proceed')),
    read: () => tape.reads[next.read++] ?? 'proceed',
    store: (_, bytes) => tape.stored[next.stored++] ?? bytes,
  };
}

/** A bootloader that is told to stay says nothing about the image that it would have started, or did not find. */
function linesOf({ config }: Hardware, result: BootResult, stay: boolean): BootLogLine[] {
  const first = linesBeforeBoot(config).map((text) => ({ text, atUs: 0 }));
  const last = stay ? [] : linesAfterBoot(config, result).map((text) => ({ text, atUs: result.elapsedUs }));
  return [...first, ...linesOfBoot(result), ...last];
}
