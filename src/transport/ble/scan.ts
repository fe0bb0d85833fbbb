/**
 * Finding a device: a fresh scan each time, because a device that was seen before a reset says nothing of the one after.
 * Duplicates are asked for: without them noble reports nothing of a device whose scan response it missed.
 */

import type { Clock, Timer } from '../../base/clock.ts';
import type { WantedDevice } from './address.ts';
import { bounded, boundedEvent, type Bounds } from './bounded.ts';
import { deviceAmbiguous, deviceNotFound, type Advertiser } from './errors.ts';
import type { Noble, NobleHost, Peripheral } from './noble.ts';

export interface FindOptions {
  readonly link: string;
  readonly device: WantedDevice;
  /** How long to listen. */
  readonly ms: number;
  readonly clock: Clock;
  /** Gives the search up. */
  readonly signal: AbortSignal;
  /** The end of the adapter. */
  readonly over: AbortSignal;
  /** The error when the controller does not begin or end to scan. */
  readonly stuck: () => Error;
}

/** Zephyr advertises every 100 to 150 ms, slow boards every second or two. */
export const scanMsMax = 10_000;
/** How long a second device with the same name may take to show itself. */
const sameNameMs = 300;
const commandMsMax = 2_000;
/** Devices that are remembered for the message; a busy place has a few hundred. */
const seenMax = 512;

/** Rejects with an infra error: not found, with what was seen instead; several of that name; the controller is stuck. */
export async function findDevice(host: NobleHost, options: FindOptions): Promise<Peripheral> {
  const { link, device, ms, clock, signal, over, stuck } = options;
  const { noble } = host;
  const seen = new Map<string, Peripheral>();
  const command: Bounds = { clock, ms: commandMsMax, signals: [over], late: stuck };
  host.forget();
  try {
    await boundedEvent(noble, 'scanStart', command, () => noble.startScanning([], true));
    const late = (): Error => deviceNotFound(link, ms, [...seen.values()].map(advertiserOf));
    await bounded({ clock, ms, signals: [signal, over], late }, (end) => untilSeen(noble, { device, clock, seen, end }));
  } finally {
    // Many controllers cannot connect while they scan.
    await boundedEvent(noble, 'scanStop', command, () => noble.stopScanning());
  }
  const found = [...seen.values()].filter((peripheral) => isWanted(peripheral, device));
  if (found.length > 1) throw deviceAmbiguous(link, found.map(printedAddress));
  return found[0]!;
}

interface Search {
  readonly device: WantedDevice;
  readonly clock: Clock;
  /** Gathers what advertises, by address. */
  readonly seen: Map<string, Peripheral>;
  readonly end: AbortSignal;
}

/** Resolves when the wanted device has advertised, and all others of its name had the time to do so too. */
function untilSeen(noble: Noble, { device, clock, seen, end }: Search): Promise<void> {
  let timer: Timer | undefined;
  return new Promise<void>((resolve, reject) => {
    end.addEventListener('abort', () => reject(end.reason as Error), { once: true });
    noble.on('discover', (peripheral: Peripheral) => {
      const wanted = isWanted(peripheral, device);
      if (wanted || seen.size < seenMax) seen.set(peripheral.address, peripheral);
      if (!wanted) return;
      if (device.by === 'address') resolve();
      else timer ??= clock.arm(sameNameMs, 'another device of the same name', resolve);
    });
  }).finally(() => {
    timer?.cancel();
    noble.removeAllListeners('discover');
  });
}

function isWanted(peripheral: Peripheral, { by, value }: WantedDevice): boolean {
  return peripheral.connectable && value === (by === 'address' ? printedAddress(peripheral) : peripheral.advertisement.localName);
}

function advertiserOf(peripheral: Peripheral): Advertiser {
  return { address: printedAddress(peripheral), name: peripheral.advertisement.localName, rssi: peripheral.rssi };
}

/** noble writes addresses in lower case. */
function printedAddress({ address }: Peripheral): string {
  return address.toUpperCase();
}
