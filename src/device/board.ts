/** A board of the bench before it is opened: what is known of it, and the way to open it. */

import type { Clock } from '../base/clock.ts';
import type { Rng } from '../base/rng.ts';
import type { RunEventBody } from '../events/event.ts';
import type { SimProfile } from '../sim/profile.ts';
import type { Device } from './device.ts';

export interface Board {
  readonly name: string;
  readonly labels: readonly string[];
  /** Names of the transports, the default one first. */
  readonly transports: readonly string[];
  /** Simulated in this process: it can run in virtual time, and every attempt gets a fresh one. */
  readonly local: boolean;
  /** What the board offers past SMP. */
  readonly offers: ReadonlySet<string>;
  /** What is true of the board. A `bootproof sim` process is asked, which can fail with an infra error. */
  facts(context: { readonly clock: Clock; readonly signal: AbortSignal }): Promise<Readonly<Record<string, unknown>>>;
  open(options: OpenOptions): Promise<Device>;
}

export interface BoardSources {
  /** A profile by built-in name or by path relative to the bench. Throws an input error. */
  readonly readProfile: (name: string) => SimProfile;
  /** Writes an image where a provisioning program can read it; returns the path. */
  readonly writeImage: (bytes: Uint8Array) => string;
}

export interface OpenOptions {
  readonly transport: string;
  readonly clock: Clock;
  readonly rng: Rng;
  readonly signal: AbortSignal;
  /** Takes what happens on the board: console output, boot epochs, frames on the wire, notes. The board's name is filled in. */
  readonly emit: (body: BoardEvent) => void;
}

type WithoutBoard<Event> = Event extends { readonly board: string } ? Omit<Event, 'board'> : never;
export type BoardEvent = WithoutBoard<Extract<RunEventBody, { kind: 'console' | 'boot-epoch' | 'wire' | 'fault' | 'power' }>>;
