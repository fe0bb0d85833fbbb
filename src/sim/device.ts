/** The simulated device as others see it. Its ports take and give bytes; links to the outside are made elsewhere. */

import type { Verdict } from '../mcuboot/verify.ts';
import type { Radio } from './ble/radio.ts';
import type { BootMode, BootResult } from './bootloader/index.ts';
import type { FlashOperation } from './flash/hooks.ts';
import type { Clock } from '../base/clock.ts';
import type { Rng } from '../base/rng.ts';
import type { SimProfile } from './profile.ts';
import type { ProfileChange } from './profile-change.ts';

export interface SimDeviceOptions {
  readonly profile: SimProfile;
  readonly clock: Clock;
  readonly rng: Rng;
  /** Contents of all chips in the profile's order, as `flashImage` gave them; erased chips when absent. */
  readonly flash?: Uint8Array | undefined;
}

/**
 * How a port frames packets: SMP over console lines, bare packets on a UART, console lines inside a shell, one packet in
 * each datagram, BLE writes. A `console` carries none: it gives all that is printed, and takes what is typed.
 */
export type PortKind = 'serial' | 'serial-raw' | 'shell' | 'datagram' | 'ble' | 'console';

export interface SimPort {
  /** What the host sent in one write, as one datagram, or as one attribute write. */
  receive(bytes: Uint8Array): void;
  close(): void;
}

/**
 * `booting`: the bootloader works; `running`: the application is up; `recovery`: the bootloader's SMP server is up;
 * `dead`: powered, but nothing runs (no bootable image, a crash, a hang).
 */
export type SimState = 'off' | 'booting' | 'running' | 'recovery' | 'dead';

/** What a test can know about the device without asking it. */
export interface SimFacts {
  readonly profile: string;
  readonly mode: BootMode;
  /** True in the modes in which a swap can be reverted. */
  readonly swap: boolean;
  readonly images: number;
  /** Where the primary slot of image 0 is, in the words of a linker. */
  readonly imageAddress: number;
  /** Whether a network core gets its updates from the bootloader. */
  readonly networkCore: boolean;
  /** Where the slots of MCUboot are, on devices with an immutable first stage. */
  readonly bootloaderSlots?: readonly [s0: number, s1: number];
  /** Sizes in bytes by slot number as SMP's erase counts them (2 * image + slot). */
  readonly slotSizes: readonly number[];
  /** SMP groups built in, in the order of the enumeration group; empty without a server. */
  readonly groups: readonly number[];
  readonly bufSize: number;
  readonly bufCount: number;
}

export type SlotContent =
  | { readonly kind: 'image'; readonly bytes: Uint8Array }
  | { readonly kind: 'empty' }
  | { readonly kind: 'raw'; readonly bytes: Uint8Array; readonly offset?: number };

/** The state of a device as a production programmer, or an update that went before, would have left it. */
export interface ProvisionOptions {
  readonly erase?: 'all' | 'settings';
  /** By slot number as SMP's erase counts them (2 * image + slot). Slots that are not named keep their contents. */
  readonly slots?: readonly { readonly slot: number; readonly content: SlotContent }[];
  /**
   * `normal`: no request. `test`, `permanent`: the secondary is marked for the next boot. `revert`: the primary runs on
   * trial and the secondary holds what it replaced. Images stay where `slots` puts them.
   */
  readonly state?: 'normal' | 'test' | 'permanent' | 'revert';
  /** True marks the primary confirmed by a trailer; false puts it on trial. */
  readonly confirmed?: boolean;
}

/** Damage done to the device on purpose. Each lasts until its `dispose` is called. */
export type SimFault =
  /** Bytes of an upload reach the flash damaged, while SMP sees nothing. Offsets count from the start of the uploaded file. */
  | { readonly kind: 'corrupt-upload'; readonly offset: number; readonly length?: number; readonly xor?: number }
  /** At the flash operation with this number (0 = the next one) the power goes away or the operation fails. */
  | {
      readonly kind: 'flash-operation';
      readonly index: number;
      readonly do: 'cut-before' | 'cut-torn' | 'cut-torn-anywhere' | 'cut-after' | 'fail';
    }
  /** The device is another one: knobs at once, everything else with the next boot. */
  | { readonly kind: 'change'; readonly change: ProfileChange };

/** `count`: the flash operations that went by since, the one that was hit included. */
export interface ArmedFault {
  readonly count: number;
  dispose(): void;
}

/** One image of one slot as it lies in flash. */
export interface SlotInspection {
  readonly slot: number;
  readonly version: string | undefined;
  /** Hash TLV in hex. */
  readonly hash: string | undefined;
  readonly trailer: { readonly magic: string; readonly imageOk: string; readonly copyDone: string; readonly swapType: number };
}

/** What the bootloader made of a slot's image, looked at by other code than its own: hash, and signature by the keys it trusts. */
type VerifySlot = (slot: number) => Verdict;

/** A boot before the bootloader touched anything. `verify` looks back at the flash as it was then. */
export interface BootBegin {
  readonly kind: 'begins';
  readonly slots: readonly SlotInspection[];
  readonly verify: VerifySlot;
}

/** A boot as the bootloader left it, or as a flash operation without power did. Boots that `powerCut` ends have no end. */
export interface BootEnd {
  readonly kind: 'ends';
  readonly outcome: BootResult['outcome'];
  /** Raw number of the slot that image 0 was started from; undefined when nothing was. */
  readonly startedSlot: number | undefined;
  readonly slots: readonly SlotInspection[];
  readonly verify: VerifySlot;
}

export type BootReport = BootBegin | BootEnd;

export interface SimDevice {
  readonly profile: SimProfile;
  readonly facts: SimFacts;
  /** What its firmware makes of Bluetooth, for faces that have any. */
  readonly radio: Radio;
  readonly state: SimState;
  /** Completed boots since creation. */
  readonly boots: number;
  powerOn(): void;
  /** Orderly or not makes no difference to hardware: RAM is lost, flash stays. */
  powerOff(): void;
  /** Cuts the power now, in the middle of whatever the bootloader is doing to the flash. */
  powerCut(): void;
  /** The reset pin. */
  reset(): void;
  openPort(kind: PortKind, output: (bytes: Uint8Array) => void): SimPort;
  /** Called after each change of `state`; returns the way to stop that. */
  onState(listener: (state: SimState) => void): () => void;
  /** Called before each program and erase, with nothing of it done yet; returns the way to stop that. */
  onFlashOperation(listener: (operation: FlashOperation) => void): () => void;
  /** Told when the bootloader begins and when it hands over; returns the way to stop that. */
  onBoot(listener: (report: BootReport) => void): () => void;
  /** Sets flash directly, with the power off. A device that was on then boots, and is in the named state after that boot. */
  provision(options: ProvisionOptions): void;
  injectFault(fault: SimFault): ArmedFault;
  /** Contents of all chips, for persistence. */
  flashImage(): Uint8Array;
  /** What the bootloader would do with this image at the next boot: `none`, `test`, `perm`, `revert`, `fail`. */
  swapType(image?: number): string;
  inspect(): readonly SlotInspection[];
}
