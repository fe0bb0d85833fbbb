/** What a bootloader is made of and what it answers: the types shared by everything in this folder and its users. */

import type { HashAlgorithm } from '../../mcuboot/hash.ts';
import type { PublicKey } from '../../mcuboot/keys.ts';
import type { ImageVersion } from '../../mcuboot/version.ts';
import type { FlashArea } from '../flash.ts';
import type { BootDefects } from './defects.ts';
import type { McubootRelease } from './release.ts';

/** MCUboot's ways to update. `overwrite` is the variant that Zephyr builds (OVERWRITE_ONLY_FAST). */
export type BootMode =
  'scratch' | 'move' | 'offset' | 'overwrite' | 'xip' | 'xip-revert' | 'ramload' | 'ramload-revert' | 'single' | 'firmware-loader';

/** Modes that start an image from either slot instead of installing it into the primary one. */
export function slotsAreAlike(mode: BootMode): boolean {
  return loadsToRam(mode) || mode === 'xip' || mode === 'xip-revert';
}

/** Modes that copy the image to RAM and start it there. */
export function loadsToRam(mode: BootMode): boolean {
  return mode === 'ramload' || mode === 'ramload-revert';
}

/** The slots of one image. A single-slot device has no secondary. */
export interface SlotPair {
  /** That of a network core's image is the flash of the network core, into which MCUboot cannot look. */
  readonly primary: FlashArea;
  readonly secondary?: FlashArea | undefined;
}

/** The flash that a bootloader works on. */
export interface BootAreas {
  readonly images: readonly SlotPair[];
  /** The scratch area of mode `scratch`, shared by all images. */
  readonly scratch?: FlashArea | undefined;
  /** The slots of the bootloader itself, behind an immutable first stage (mcuboot.md 10). */
  readonly bootloader?: { readonly active: FlashArea; readonly inactive: FlashArea } | undefined;
  /** Flash of a network core, which gets its updates by way of the secondary slots (nRF5340, mcuboot.md 10). */
  readonly networkCore?: FlashArea | undefined;
}

/** How the bootloader was built. Names in brackets are MCUboot options. */
export interface BootConfig {
  readonly mode: BootMode;
  readonly release: McubootRelease;
  /** BOOT_MAX_IMG_SECTORS: size of the sector tables, and of the progress area in the trailers. */
  readonly maxSectors: number;
  /** BOOT_MAX_ALIGN: 8, 16 or 32. */
  readonly maxAlign: number;
  /** Check hash and signature of the primary image at every boot (BOOT_VALIDATE_SLOT0). */
  readonly validatePrimary: boolean;
  /** What a newer image must not be lower than (DOWNGRADE_PREVENTION, swap and overwrite modes). */
  readonly downgradePrevention: 'none' | 'version' | 'security-counter';
  /** Install a valid secondary image when the primary slot holds none (BOOT_BOOTSTRAP). */
  readonly bootstrap: boolean;
  readonly hash: HashAlgorithm;
  /** Keys compiled in; images need a signature of one of them. Undefined: only the hash is checked. All keys are of one kind. */
  readonly keys?: readonly PublicKey[] | undefined;
  /** How images name the key that signed them: by its hash, or in full (HW_KEY). */
  readonly publicKeys: 'hash' | 'full';
  /** The signature covers the image itself and there is no hash (SIGN_PURE). */
  readonly pureSignature: boolean;
  /** Refuse images whose security counter is lower than the stored one (HW_ROLLBACK_PROT). */
  readonly rollbackCounter: boolean;
  /** Refuse candidates that were not linked for the primary slot (VERIFY_IMG_ADDRESS, CHECK_HEADER_LOAD_ADDRESS). */
  readonly addressCheck: 'none' | 'reset-vector' | 'load-address';
  /** Compare build numbers too (VERSION_CMP_USE_BUILD_NUMBER). */
  readonly compareBuild: boolean;
  /** Only TLVs of known types may be unprotected (USE_TLV_ALLOW_LIST). */
  readonly tlvAllowList: boolean;
  /** Destroy only header and trailer of a refused image (MINIMAL_SCRAMBLE). */
  readonly minimalScramble: boolean;
  /** Devices without erase are known as such; otherwise every flash is erased (DEV_WITHOUT_ERASE). */
  readonly knowsNoErase: boolean;
  /** The application's library was built for direct-xip (BOOTUTIL_LIB_FOR_DIRECT_XIP). */
  readonly directXipLibrary: boolean;
  /** In mode `firmware-loader`: when the loader in the secondary slot is started instead of the application (BOOT_FIRMWARE_LOADER_...). */
  readonly loaderEntry: { readonly request: boolean; readonly noApplication: boolean };
  /** Where images may be loaded to in the RAM load modes. */
  readonly executableRam: { readonly start: number; readonly size: number };
  /** What it does wrong on purpose. */
  readonly defects: BootDefects;
}

const defaults: Omit<BootConfig, 'mode'> = {
  release: 'head',
  maxSectors: 128,
  maxAlign: 8,
  validatePrimary: true,
  downgradePrevention: 'none',
  bootstrap: false,
  hash: 'sha256',
  publicKeys: 'hash',
  pureSignature: false,
  rollbackCounter: false,
  addressCheck: 'none',
  compareBuild: false,
  tlvAllowList: true,
  minimalScramble: false,
  knowsNoErase: false,
  directXipLibrary: false,
  loaderEntry: { request: false, noApplication: false },
  executableRam: { start: 0x2000_0000, size: 0x0400_0000 },
  defects: {},
};

/** A configuration with MCUboot's own defaults for everything that is not given. */
export function bootConfig(options: Partial<BootConfig> & Pick<BootConfig, 'mode'>): BootConfig {
  return { ...defaults, ...options };
}

/** What the platform offers beside flash. */
export interface BootHost {
  /** The non-volatile security counter of an image. */
  readSecurityCounter(image: number): number;
  writeSecurityCounter(image: number, value: number): void;
  /** The retained boot mode asks for the firmware loader. */
  readonly loaderRequested?: boolean;
}

/** A host without security counters: they read 0 and forget. */
export const plainHost: BootHost = { readSecurityCounter: () => 0, writeSecurityCounter: () => undefined };

/** A line that the bootloader printed. */
export interface BootLogLine {
  /** In the form of Zephyr's minimal log: `I: Boot source: none`. */
  readonly text: string;
  /** Flash time that had passed in this boot when the line was printed, in microseconds. */
  readonly atUs: number;
}

/** The image that is started. */
export interface BootedImage {
  readonly slot: 'primary' | 'secondary';
  /** Address of its slot. */
  readonly offset: number;
  /** Where it was loaded to, in the RAM load modes. */
  readonly loadAddress?: number;
  readonly version: ImageVersion;
}

/** How a bootloader that never gets to its end goes down: a failed assertion, a fault, an endless loop. */
export type PanicKind = 'assert' | 'crash' | 'hang';

/** How a boot ends. */
export type BootEnding =
  | { readonly outcome: 'boot'; readonly image: BootedImage }
  | { readonly outcome: 'no-image' }
  /** The bootloader has replaced its other copy and resets the device. */
  | { readonly outcome: 'restart' }
  | { readonly outcome: 'panic'; readonly panic: PanicKind; readonly why: string }
  /** A flash hook cut the power. Whoever owns the device must stop running it. */
  | { readonly outcome: 'power-cut' };

/** A boot: how it ended, what it printed, how long it took. */
export type BootResult = BootEnding & {
  readonly log: readonly BootLogLine[];
  /** Flash time of the whole boot, in microseconds. */
  readonly elapsedUs: number;
};
