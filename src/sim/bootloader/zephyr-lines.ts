/** What Zephyr's port of MCUboot prints on the console, without the banner: bootutil's lines and those around them (mcuboot.md 8.1). */

import { loadsToRam, slotsAreAlike } from './config.ts';
import type { BootConfig, BootLogLine, BootMode, BootResult } from './config.ts';
import { featuresOf } from './release.ts';
import type { ReleaseFeatures } from './release.ts';

/** Printed before anything is done. */
export function linesBeforeBoot({ mode, release }: BootConfig): string[] {
  return [namesDirectXip(mode, featuresOf(release)) ? 'I: Starting Direct-XIP bootloader' : 'I: Starting bootloader'];
}

/**
 * bootutil's own lines. The bootloader's small printf knows no field widths, so the versions of direct-xip and RAM load
 * are not aligned on a console (record `A-reset-swap-to-test` of `qemu_mps2_image`).
 */
export function linesOfBoot({ log }: BootResult): BootLogLine[] {
  return log.map(({ text, atUs }) => ({ text: text.replace(/^I: (Primary|Secondary) +slot:/, 'I: $1 slot:'), atUs }));
}

/** Printed when all is decided. A bootloader that panics or loses power gets to print nothing more. */
export function linesAfterBoot({ mode, release }: BootConfig, result: BootResult): string[] {
  if (result.outcome === 'no-image') return ['E: Unable to find bootable image'];
  if (result.outcome !== 'boot') return [];
  const features = featuresOf(release);
  const { offset, loadAddress = offset, version } = result.image;
  const address = features.printsLoadAddress ? loadAddress : offset;
  return [
    `I: Bootloader chainload address offset: 0x${address.toString(16)}`,
    ...(features.printsImageVersion ? [`I: Image version: v${version.major}.${version.minor}.${version.revision}`] : []),
    namesDirectXip(mode, features) ? 'I: Jumping to the image slot' : 'I: Jumping to the first image slot',
  ];
}

function namesDirectXip(mode: BootMode, features: ReleaseFeatures): boolean {
  return features.namesDirectXip && slotsAreAlike(mode) && !loadsToRam(mode);
}
