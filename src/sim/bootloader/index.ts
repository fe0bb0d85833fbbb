/** The bootloader as other rooms use it: MCUboot's bootutil over simulated flash, and the application's half of its API. */

export { bootOnce } from './boot.ts';
export { bootConfig, slotsAreAlike } from './config.ts';
export type { BootAreas, BootConfig, BootedImage, BootHost, BootLogLine, BootMode, BootResult, PanicKind, SlotPair } from './config.ts';
export type { BootDefects } from './defects.ts';
export { bootError, setConfirmed, setNext, setPending, swapType } from './api.ts';
export type { BootError, NextBoot } from './api.ts';
export { mcubootReleases } from './release.ts';
export type { McubootRelease } from './release.ts';
export { linesAfterBoot, linesBeforeBoot, linesOfBoot } from './zephyr-lines.ts';
