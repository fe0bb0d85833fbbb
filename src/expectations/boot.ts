/** `boot`: what the bootloader said that it did, and how often the device booted. */

import { lastBoot, swapOf, verdictOf } from '../device/boot-lines.ts';
import { windowStart } from '../device/windows.ts';
import type { BootArgs } from '../language/grammar.generated.ts';
import { met, polled } from './expectation.ts';

export const boot = polled<'boot'>('boot-differs', (args, context) => {
  const { device } = context;
  const start = windowStart(args.since, context);
  const lines = lastBoot(device.console.since(start.line).map(({ text }) => text));
  const message = wrongCount(args, device.console.epoch - start.epoch) ?? wrongEnd(args, lines);
  return Promise.resolve(message === undefined ? met : { met: false, message, found: shown(lines), wanted: args.boot });
});

function wrongCount({ boot: { count, 'at-most': most } }: BootArgs, boots: number): string | undefined {
  const times = `the device booted ${boots} ${boots === 1 ? 'time' : 'times'}`;
  if (count !== undefined && boots !== count) return `${times}, not ${count}`;
  return most !== undefined && boots > most ? `${times}, not at most ${most}` : undefined;
}

function wrongEnd({ boot: { swap, verdict }, target }: BootArgs, lines: readonly string[]): string | undefined {
  if (swap === undefined && verdict === undefined) return undefined;
  const ended = verdictOf(lines, target);
  if (ended === undefined) return 'the bootloader has not said how the boot ended';
  if (verdict !== undefined && ended !== verdict) return `the boot ended with ${ended}, not ${verdict}`;
  const did = swapOf(lines, target ?? 0);
  if (swap === undefined || did === swap) return undefined;
  return did === undefined
    ? `the bootloader has not said what it did to image ${target ?? 0}`
    : `the bootloader's swap was ${did}, not ${swap}`;
}

const shownMax = 12;

function shown(lines: readonly string[]): readonly string[] {
  return lines.slice(-shownMax);
}
