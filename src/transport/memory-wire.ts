/** One direction of an in-process link: what is put in at one end comes out at the other in order, after the time it takes on the wire. */

import { sleep, type Clock, type Timer } from '../base/clock.ts';
import { queueBytesMax } from './channel.ts';

export interface WireOptions {
  readonly clock: Clock;
  /** Names the wire in deadlock reports. */
  readonly name: string;
  /** Time from the end of sending to arrival. */
  readonly latencyMs: number;
  /** Undefined sends in no time. A UART moves a tenth of its baud rate. */
  readonly bytesPerSecond: number | undefined;
  readonly deliver: (bytes: Uint8Array) => void;
}

export interface Wire {
  /** Takes a copy of the bytes, or refuses them all when too many wait; then it returns false. */
  put(bytes: Uint8Array): boolean;
  /** Waits until all bytes have left the sender. */
  drained(signal: AbortSignal): Promise<void>;
  /** Nothing is delivered any more. */
  cut(): void;
}

export function createWire({ clock, name, latencyMs, bytesPerSecond, deliver }: WireOptions): Wire {
  let waiting: { readonly at: number; readonly bytes: Uint8Array }[] = [];
  let waitingBytes = 0;
  let sentAt = 0;
  let timer: Timer | undefined;

  const awaitNext = (): void => {
    const next = waiting[0];
    if (next !== undefined) timer ??= clock.arm(next.at - clock.now(), name, arrive);
  };
  const arrive = (): void => {
    timer = undefined;
    for (let next = waiting[0]; next !== undefined && next.at <= clock.now(); next = waiting[0]) {
      waiting.shift();
      waitingBytes -= next.bytes.length;
      deliver(next.bytes);
    }
    awaitNext();
  };

  return {
    put: (bytes) => {
      if (waitingBytes + bytes.length > queueBytesMax) return false;
      const transferMs = bytesPerSecond === undefined ? 0 : (bytes.length * 1000) / bytesPerSecond;
      sentAt = Math.max(sentAt, clock.now()) + transferMs;
      waiting.push({ at: sentAt + latencyMs, bytes: bytes.slice() });
      waitingBytes += bytes.length;
      awaitNext();
      return true;
    },
    drained: (signal) => {
      const rest = sentAt - clock.now();
      return rest > 0 ? sleep(clock, rest, name, signal) : Promise.resolve();
    },
    cut: () => {
      timer?.cancel();
      timer = undefined;
      waiting = [];
      waitingBytes = 0;
    },
  };
}
