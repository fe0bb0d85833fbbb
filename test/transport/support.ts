/** What the transport tests share: events that are recorded, waits with a limit, and the count of open file descriptors. */

import { readdirSync } from 'node:fs';
import type { Clock } from '../../src/base/clock.ts';
import { createRealClock } from '../../src/base/clock-real.ts';
import { sleep } from '../../src/base/clock.ts';
import { concatBytes } from '../../src/base/bytes.ts';
import { BootproofError } from '../../src/base/errors.ts';
import type { TransportContext, TransportEvents } from '../../src/transport/transport.ts';

export const realClock = createRealClock();

export function realContext(signal: AbortSignal = new AbortController().signal, clock: Clock = realClock): TransportContext {
  return { clock, signal };
}

export interface Recorder extends TransportEvents {
  readonly packets: Uint8Array[];
  readonly losses: BootproofError[];
  readonly notes: string[];
  /** All text so far, as latin1. */
  textSoFar(): string;
  /** How many events of any kind came. */
  count(): number;
}

export function recordEvents(): Recorder {
  const packets: Uint8Array[] = [];
  const texts: Uint8Array[] = [];
  const losses: BootproofError[] = [];
  const notes: string[] = [];
  return {
    packets,
    losses,
    notes,
    packet: (packet) => packets.push(packet),
    text: (bytes) => texts.push(bytes),
    lost: (error) => losses.push(error),
    note: (text) => notes.push(text),
    textSoFar: () => Buffer.from(concatBytes(texts)).toString('latin1'),
    count: () => packets.length + texts.length + losses.length + notes.length,
  };
}

/** Waits in real time until `condition` holds; fails after half a minute, which only a machine under heavy load comes near. */
export async function until(what: string, condition: () => boolean): Promise<void> {
  const end = realClock.now() + 30_000;
  while (!condition()) {
    if (realClock.now() > end) throw new Error(`timed out waiting until ${what}`);
    await sleep(realClock, 5, what);
  }
}

export function pause(ms: number): Promise<void> {
  return sleep(realClock, ms, 'a pause of the test');
}

/** The error of a promise that must reject. */
export async function failureOf(work: Promise<unknown>): Promise<BootproofError> {
  try {
    await work;
  } catch (thrown) {
    if (thrown instanceof BootproofError) return thrown;
    throw thrown;
  }
  throw new Error('it did not fail');
}

export function openDescriptors(): number {
  return readdirSync('/proc/self/fd').length;
}

/** An SMP packet: a header with the given operation and sequence number, and a payload of `size` bytes. */
export function smpPacket(operation: number, sequence: number, size: number): Uint8Array {
  const payload = Uint8Array.from({ length: size }, (_, index) => (index * 7 + sequence) & 0xff);
  return concatBytes([Uint8Array.of(operation, 0, size >> 8, size & 0xff, 0, 0, sequence, 0), payload]);
}

export const responseOp = 3;
export const requestOp = 2;
