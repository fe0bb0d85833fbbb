/** What a simulated device is made of, as plain data: flash, slots, bootloader, SMP server, application and links. */

import type { BootConfig } from './bootloader/config.ts';
import type { KnobValues } from './knobs/values.generated.ts';
import type { RecoveryProfile } from './recovery/profile.ts';
import type { ServerOverrides } from './server/profile.ts';

/** One flash chip. */
export interface FlashProfile {
  /** Name that areas refer to, such as `internal` or `spi-nor`. */
  readonly name: string;
  /** Runs of equal sectors, in order: `[bytes, count]`. */
  readonly sectors: readonly (readonly [size: number, count: number])[];
  /** Smallest unit that can be programmed, in bytes. */
  readonly writeSize: number;
  /** What erased bytes read as. */
  readonly erasedValue: 0xff | 0x00;
  /** False for RRAM and MRAM, which are overwritten in place. */
  readonly eraseRequired: boolean;
  /** Microseconds that the work takes. */
  readonly costs: { readonly eraseSectorUs: number; readonly programUnitUs: number; readonly readByteUs: number };
}

/** A part of a chip. Both ends are sector boundaries. */
export interface AreaProfile {
  readonly flash: string;
  /** Bytes from the start of the chip. */
  readonly offset: number;
  readonly size: number;
  /** What firmware calls its address, where that is not the offset (RAM load, XIP windows). */
  readonly address?: number;
}

/** The slots of one updatable image. Its number is its place in `SimProfile.images`. */
export interface ImageSlotsProfile {
  readonly primary: AreaProfile;
  /** Absent on single-slot devices. */
  readonly secondary?: AreaProfile;
  /** `network`: the primary slot is the flash of an nRF5340's network core, which neither MCUboot nor the application can read. */
  readonly core?: 'network';
}

/** The immutable first stage of nRF Connect SDK, and the slots for two copies of MCUboot. */
export interface FirstStageProfile {
  readonly s0: AreaProfile;
  readonly s1: AreaProfile;
  /** What MCUboot must be signed with: `demo:ecdsa-p256`, or the text of a public key of P-256 in PEM. */
  readonly key: string;
  /** Its lines have the level letters of a log, as in recent releases. */
  readonly logLevels: boolean;
}

/** The loader application of mode `firmware-loader`, in the secondary slot of image 0. */
export interface LoaderProfile {
  readonly server?: ServerProfileSpec | undefined;
  readonly application: ApplicationProfile;
}

/** A built-in server by its name, and what this device changes in it. */
export interface ServerProfileSpec {
  readonly profile: string;
  readonly overrides?: ServerOverrides;
}

export interface BootloaderProfile {
  /** What it was built with; absent options have MCUboot's own defaults. */
  readonly config: Pick<BootConfig, 'mode' | 'release'> & Partial<Omit<BootConfig, 'keys'>>;
  /**
   * What images must be signed with: `none` accepts every image whose hash is sound, `demo:ALGORITHM` those signed with
   * that one of bootproof's demo keys; anything else is the text of a public key in PEM.
   */
  readonly key: string;
  /** Lines printed before the bootloader's own, such as banners. */
  readonly banner: readonly string[];
  /** From power-on to the first line. */
  readonly startMs: number;
  /** Absent: a device without a bootable image stays silent. */
  readonly recovery?: RecoveryProfile;
  /** What follows a failed assertion or a fault: `halt` unless said otherwise. */
  readonly onPanic?: 'halt' | 'reset';
}

/** Why a device started: power came, the reset pin, its firmware, or a fatal error of its firmware. */
export type ResetKind = 'power' | 'pin' | 'software' | 'crash';

/** What goes wrong in an application, and when, counted from its start. `resets`: only after these; after all of them when absent. */
export type ApplicationFault = { readonly afterMs: number; readonly resets?: readonly ResetKind[] } & (
  { readonly kind: 'crash'; readonly lines?: readonly string[]; readonly restart: boolean } | { readonly kind: 'hang' }
);

export interface ApplicationBehaviour {
  /** `never`: only an SMP request confirms; `on-command`: the shell's command does, too. */
  readonly confirm: 'never' | 'at-boot' | 'on-command' | { readonly afterMs: number };
  readonly fault?: ApplicationFault;
}

export interface ApplicationProfile extends ApplicationBehaviour {
  /** First lines on the console, banner included. */
  readonly lines: readonly string[];
  /** From the bootloader's jump to the first line, and from there to an answering SMP server. */
  readonly startMs: number;
  readonly serverMs: number;
  /** Behaviour of single versions, keyed as image lists show them (`1.2.3`, `1.2.3.4`), in place of the general one. */
  readonly versions?: Readonly<Record<string, Partial<ApplicationBehaviour>>>;
}

export interface BleProfile {
  /** Of ATT. */
  readonly mtu: number;
  /** Packets may span several writes (`CONFIG_MCUMGR_TRANSPORT_BT_REASSEMBLY`). */
  readonly reassembly: boolean;
  /** What the link must have before the characteristic can be used (`CONFIG_MCUMGR_TRANSPORT_BT_PERM_RW_...`). Links here never have it: nobody pairs. */
  readonly security?: 'encryption' | 'authentication';
}

/** The links that the device offers by itself; benches and command lines may say otherwise. */
export interface LinksProfile {
  readonly serial: { readonly baud: number };
  readonly udp: { readonly datagramMax: number };
  readonly ble: BleProfile;
}

export interface SimProfile {
  readonly name: string;
  readonly flash: readonly FlashProfile[];
  readonly images: readonly ImageSlotsProfile[];
  /** Needed by mode `scratch`. */
  readonly scratch?: AreaProfile;
  /** Settings and bonds; what zephyr-basic's storage erase clears. */
  readonly storage?: AreaProfile;
  readonly bootloader: BootloaderProfile;
  /** Absent: the application has no SMP server. `profile` names an entry of the built-in table. */
  readonly server?: ServerProfileSpec | undefined;
  readonly application: ApplicationProfile;
  readonly firstStage?: FirstStageProfile;
  readonly loader?: LoaderProfile;
  /** Flash of a network core that shares the secondary slot of image 0 with the application: updated one after the other. */
  readonly networkCore?: AreaProfile;
  /** `own`: a UART of its own; `serial`: shares the UART of the SMP serial port. */
  readonly console: 'own' | 'serial';
  readonly links: LinksProfile;
  /** What is wrong with the device on purpose, as it is written in files. A knob that is absent is off. */
  readonly knobs?: Partial<KnobValues>;
}

const kib = 1024;

/**
 * The device where nobody names another, which must be there without a file: an nRF52840 development kit with Zephyr 4.4, MCUboot 2.x in swap-using-move mode and the partitions of its devicetree.
 * Flash times: nRF52840 product specification, NVMC electrical specification (page erase 85 ms, word write 41 us).
 */
export const defaultProfile: SimProfile = {
  name: 'nrf52840dk',
  flash: [
    {
      name: 'internal',
      sectors: [[4 * kib, 256]],
      writeSize: 4,
      erasedValue: 0xff,
      eraseRequired: true,
      costs: { eraseSectorUs: 85_000, programUnitUs: 41, readByteUs: 0.03 },
    },
  ],
  images: [
    {
      primary: { flash: 'internal', offset: 0xc000, size: 472 * kib },
      secondary: { flash: 'internal', offset: 0x82000, size: 472 * kib },
    },
  ],
  storage: { flash: 'internal', offset: 0xf8000, size: 32 * kib },
  bootloader: {
    config: { mode: 'move', release: 'v2.2.0', maxSectors: 256 },
    key: 'demo:ed25519',
    banner: ['*** Booting MCUboot v2.2.0 ***', '*** Using Zephyr OS build v4.4.0 ***'],
    startMs: 5,
  },
  // The net buffers of Zephyr's smp_svr sample with Bluetooth.
  server: { profile: 'z4.4', overrides: { buffers: { size: 2475, count: 4 } } },
  application: {
    confirm: 'never',
    lines: ['*** Booting Zephyr OS build v4.4.0 ***', '[00:00:00.010,000] <inf> smp_sample: build time: Jan  1 2026 00:00:00'],
    startMs: 10,
    serverMs: 40,
  },
  console: 'own',
  links: {
    serial: { baud: 115_200 },
    udp: { datagramMax: 1500 },
    ble: { mtu: 247, reassembly: true },
  },
};
