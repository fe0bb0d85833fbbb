/** A board of the bench before it is opened: what is known of it, and the way to open it. */

import type { Clock } from '../base/clock.ts';
import type { BootproofError } from '../base/errors.ts';
import type { Rng } from '../base/rng.ts';
import type { SimProfile } from '../sim/profile.ts';
import type { Device } from './device.ts';
import type { BoardEvent } from './board-event.ts';

export interface Board {
  readonly name: string;
  readonly labels: readonly string[];
  /** Names of the transports, the default one first. */
  readonly transports: readonly string[];
  /** Simulated in this process: it can run in virtual time, and every attempt gets a fresh one. */
  readonly local: boolean;
  /** Those over which it can be asked. */
  readonly answers: ReadonlySet<string>;
  /** Those over which the runner can play the server for it. */
  readonly serves: ReadonlySet<string>;
  /** Those on which it advertises. */
  readonly advertises: ReadonlySet<string>;
  /** What the board offers past SMP. */
  readonly offers: ReadonlySet<string>;
  /** What is known to be true of the board. A `bootproof sim` process is asked, which can fail with an infra error. */
  facts(context: { readonly clock: Clock; readonly signal: AbortSignal }): Promise<Readonly<Record<string, unknown>>>;
  open(options: OpenOptions): Promise<Device>;
  /** What a board of the lab needs between cells; undefined for one that is made fresh for each attempt. */
  readonly upkeep: Upkeep | undefined;
  /** Another one like it; only simulated boards of this process can be had more than once. */
  readonly another?: (name: string) => Board;
  /** The boards by role, when it stands for several. */
  readonly members?: ReadonlyMap<string, Board>;
  /** Why it stands for boards that cannot be had. */
  readonly obstacle?: string;
}

export interface Upkeep {
  /** What nobody else on this host may use meanwhile: ports, and the locks of the bench. */
  readonly claims: readonly string[];
  /** Takes the board from others who share it, and gives it back. Rejects with an infra error. */
  acquire(options: UpkeepOptions): Promise<void>;
  release(options: UpkeepOptions): Promise<void>;
  /** Returns when the board gives a sign of life on `transport`. Rejects with an infra error that says what is missing. */
  checkHealth(options: HealthOptions): Promise<void>;
  /** Asks the firmware for facts that nobody has declared; the board's `facts` hold them from then on. Absent where all are known. */
  readonly learn?: (options: OpenOptions) => Promise<void>;
  /** What brings the board back, from the mildest to the strongest. */
  readonly rungs: readonly Rung[];
  /** The same error with the board's line in the bench. */
  place(error: BootproofError): BootproofError;
  /** How long the board may take to answer after a rung. */
  readonly bootMs: number;
}

export type UpkeepOptions = Omit<OpenOptions, 'transport'>;

export interface HealthOptions extends OpenOptions {
  /** False when it is enough that the ports open, because what comes next does not need the firmware. */
  readonly answer: boolean;
  /** How long the link may take to open. */
  readonly ms: number;
  /** How long the board may be silent on an open link. */
  readonly answerMs: number;
}

export interface Rung {
  readonly name: string;
  /** Rejects with an infra error when the lab cannot do it. */
  climb(options: OpenOptions): Promise<void>;
}

export interface BoardSources {
  /** A profile by built-in name or by path relative to the bench. Throws an input error. */
  readonly readProfile: (name: string) => SimProfile;
  /** Writes a file that a program of the bench can read; returns the path. */
  readonly writeFile: (name: string, bytes: Uint8Array) => string;
  /** Reads a file that the bench names, relative to the bench. Throws an input error. */
  readonly readFile: (path: string) => Uint8Array;
  /** What an address leads to: the same for two links to one port. */
  readonly identify: (address: string) => string;
}

export interface OpenOptions {
  readonly transport: string;
  readonly clock: Clock;
  readonly rng: Rng;
  readonly signal: AbortSignal;
  /** Takes what happens on the board: console output, boot epochs, frames on the wire, notes. The board's name is filled in. */
  readonly emit: (body: BoardEvent) => void;
}
