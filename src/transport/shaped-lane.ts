/** One direction of a shaped link: each thing put in gets its fate at once, and arrives when its time has come. */

import { assert } from '../base/assert.ts';
import { sleep, type Clock, type Timer } from '../base/clock.ts';
import type { Rng } from '../base/rng.ts';
import { queueBytesMax } from './channel.ts';
import { healthyLane, type LaneShape } from './lane-shape.ts';

export interface ShapedLaneOptions {
  readonly clock: Clock;
  readonly rng: Rng;
  /** For deadlock reports. */
  readonly name: string;
}

export interface Parcel {
  readonly kind: 'packet' | 'text';
  /** On the wire. */
  readonly bytes: number;
  /** Called as often as it arrives. Must not throw. */
  readonly deliver: () => void;
}

/** What a lane has done to its packets so far. */
export interface LaneTally {
  readonly packets: number;
  readonly lost: number;
  readonly twice: number;
  readonly late: number;
}

export interface ShapedLane {
  readonly traits: LaneShape;
  readonly tally: LaneTally;
  shape(traits: Partial<LaneShape>): void;
  heal(): void;
  stall(ms: number): void;
  /** False when too much waits; then nothing happens. What takes no time is delivered before it returns. */
  put(parcel: Parcel): boolean;
  /** Waits until all that was put in has left the sender. */
  drained(): Promise<void>;
  /** What waits arrives now. */
  flush(): void;
  /** What waits never arrives. */
  cut(): void;
}

interface Waiting {
  readonly parcel: Parcel;
  readonly at: number;
}

export function createShapedLane({ clock, rng, name }: ShapedLaneOptions): ShapedLane {
  let traits = healthyLane;
  const tally = { packets: 0, lost: 0, twice: 0, late: 0 };
  let waiting: Waiting[] = [];
  let waitingBytes = 0;
  /** When the wire is free again. */
  let sentAt = 0;
  let stalledUntil = 0;
  let timer: Timer | undefined;

  let arriving = false;

  const isDue = (next: Waiting | undefined): next is Waiting => next !== undefined && Math.max(next.at, stalledUntil) <= clock.now();
  const arrive = (): void => {
    // What a delivery puts in takes its turn behind what waits already.
    if (arriving) return;
    arriving = true;
    for (let next = waiting[0]; isDue(next); next = waiting[0]) deliver(next);
    arriving = false;
    timer?.cancel();
    const [next] = waiting;
    timer = next && clock.arm(Math.max(next.at, stalledUntil) - clock.now(), name, arrive);
  };
  const deliver = (next: Waiting): void => {
    waiting.shift();
    waitingBytes -= next.parcel.bytes;
    next.parcel.deliver();
  };
  const count = ([lateMs, again]: readonly number[]): void => {
    tally.packets += 1;
    if (lateMs === undefined) tally.lost += 1;
    if (again !== undefined) tally.twice += 1;
    if (lateMs !== undefined && lateMs > 0) tally.late += 1;
  };
  const enqueue = (parcel: Parcel, at: number): void => {
    waitingBytes += parcel.bytes;
    // Things of the same instant keep their order.
    const place = waiting.findLastIndex((other) => other.at <= at) + 1;
    waiting.splice(place, 0, { parcel, at });
  };
  return {
    get traits() {
      return traits;
    },
    get tally() {
      return { ...tally };
    },
    shape: (change) => {
      traits = checkedTraits({ ...traits, ...change });
    },
    heal: () => {
      traits = healthyLane;
      stalledUntil = 0;
      arrive();
    },
    stall: (ms) => {
      stalledUntil = Math.max(stalledUntil, clock.now() + ms);
      arrive();
    },
    put: (parcel) => {
      if (waitingBytes + parcel.bytes > queueBytesMax) return false;
      sentAt = Math.max(sentAt, clock.now()) + (parcel.bytes / traits.bytesPerSecond) * 1000;
      const fates = fatesOf(parcel, traits, rng);
      if (parcel.kind === 'packet') count(fates);
      for (const lateMs of fates) enqueue(parcel, sentAt + traits.latencyMs + lateMs);
      arrive();
      return true;
    },
    drained: () => {
      const rest = sentAt - clock.now();
      return rest > 0 ? sleep(clock, rest, name) : Promise.resolve();
    },
    flush: () => {
      for (let next = waiting[0]; next !== undefined; next = waiting[0]) deliver(next);
      timer?.cancel();
    },
    cut: () => {
      timer?.cancel();
      waiting = [];
      waitingBytes = 0;
      sentAt = 0;
    },
  };
}

/** One number for each time that it arrives: how late. A link that harms a packet needs the same number of draws as one that does not. */
function fatesOf({ kind, bytes }: Parcel, traits: LaneShape, rng: Rng): readonly number[] {
  if (kind === 'text') return [0];
  const [lost, twice, late] = [rng.float() < traits.loss, rng.float() < traits.duplicate, rng.float() < traits.reorder];
  if (lost || bytes > traits.packetMax) return [];
  const once = late ? traits.reorderMs : 0;
  return twice ? [once, once] : [once];
}

function checkedTraits(traits: LaneShape): LaneShape {
  const { bytesPerSecond, latencyMs, reorderMs, packetMax, loss, duplicate, reorder } = traits;
  assert(bytesPerSecond > 0 && packetMax > 0 && latencyMs >= 0 && reorderMs >= 0, 'a link is described by positive numbers');
  assert(
    [loss, duplicate, reorder].every((share) => share >= 0 && share <= 1),
    'a share lies between 0 and 1',
  );
  return traits;
}
