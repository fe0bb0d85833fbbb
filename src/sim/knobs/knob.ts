/**
 * What a knob is: one thing that is wrong with a device on purpose, or that devices differ in. It wraps the parts of the
 * device that it is about; the device looks through all wrappings at every use, so a knob can be turned at any moment.
 */

import type { Clock } from '../../base/clock.ts';
import type { Rng } from '../../base/rng.ts';
import type { Radio } from '../ble/radio.ts';
import type { BootAreas, BootConfig, BootHost, BootResult } from '../bootloader/index.ts';
import type { PortKind, SimState } from '../device.ts';
import type { FlashHooks } from '../flash/hooks.ts';
import type { ImageStore } from '../images/store.ts';
import type { Framing } from '../ports/framing.ts';
import type { SimProfile } from '../profile.ts';
import type { Commands, SmpServer } from '../server/server.ts';
import type { KnobValues } from './values.generated.ts';

export type KnobName = keyof KnobValues;

/** The parts of a device that a knob can wrap. Every part is an object, and only its methods are looked up again at each use. */
export interface Parts {
  /** The slots as the application sees them. */
  readonly store: ImageStore;
  /** The application's SMP server: whole packets. */
  readonly server: SmpServer;
  /** What the commands of that server do: single requests, before their answers become bytes. */
  readonly commands: Commands;
  /** Answers of the application on their way to its ports. */
  readonly answers: Answers;
  /** A port of the application: bytes in, bytes out. */
  readonly port: Port;
  /** The SMP server of the bootloader's serial recovery: whole packets. */
  readonly recovery: SmpServer;
  readonly radio: Radio;
  readonly bootloader: Bootloader;
}

export interface Answers {
  /** Hands an answer to the port that its request came from. */
  send(response: Uint8Array, deliver: (response: Uint8Array) => void): void;
  /** What becomes of a request that finds no free buffer. */
  overflow(packet: Uint8Array, deliver: (response: Uint8Array) => void): void;
}

export interface Port extends Framing {
  readonly kind: PortKind;
  /** Sends bytes to the host beside all answers. */
  print(bytes: Uint8Array): void;
}

export interface Bootloader {
  boot(areas: BootAreas, config: BootConfig, host: BootHost): BootResult;
}

/** What a knob does to a device. */
export type KnobHooks = { readonly [P in keyof Parts]?: (part: Parts[P]) => Parts[P] } & {
  /** A say in what becomes of flash operations. */
  readonly flash?: FlashHooks;
  /** Told each change of the device's state, and once when the knob is turned. */
  readonly state?: (state: SimState) => void;
};

/** What of a device a knob may use besides the parts that it wraps. */
export interface KnobContext {
  readonly clock: Clock;
  /** Its own: other knobs do not change what it draws. */
  readonly rng: Rng;
  readonly device: KnobDevice;
}

export interface KnobDevice {
  /** What the firmware that runs was made of. */
  readonly profile: SimProfile;
  readonly state: SimState;
  /** Completed boots. */
  readonly boots: number;
  /** The slots as they are, whatever other knobs make of them. */
  readonly store: ImageStore;
  /** Calls `work` after `ms`, unless the device restarted by then. */
  after(ms: number, why: string, work: () => void): void;
  /** Resets at once, in the middle of whatever is going on. */
  restart(): void;
  /** A line of the application on the console. */
  print(line: string): void;
}

/** The knob, set to a value: made when it is turned, and kept until it is turned again. */
export type Knob<Name extends KnobName> = (value: KnobValues[Name], context: KnobContext) => KnobHooks;
