/** What the BLE tests share: faces of simulated boards, and clocks whose time limits end sooner. */

import { createRequire } from 'node:module';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { assert } from '../../src/base/assert.ts';
import type { Clock } from '../../src/base/clock.ts';
import type { BleBoardOptions } from '../../src/sim/ble/board.ts';
import type { BleAdvertiser } from '../../src/sim/ble/air.ts';
import { createBleController, type BleControllerOptions } from '../../src/sim/ble/controller.ts';
import { listenBle, type BleListener } from '../../src/sim/ble/listen-ble.ts';
import type { AdapterAddress } from '../../src/transport/ble/address.ts';
import { listenTcp } from '../../src/transport/listen-tcp.ts';
import type { Listener, Peer } from '../../src/transport/listener.ts';
import { parseAddress } from '../../src/transport/open.ts';
import { realClock } from './support.ts';

/** Why BLE cannot be tested here; false where noble, which is an optional dependency, is installed. */
export const nobleIsMissing = isMissing('@abandonware/noble') ? '@abandonware/noble is not installed' : false;

function isMissing(name: string): boolean {
  try {
    createRequire(import.meta.url).resolve(name);
    return false;
  } catch {
    return true;
  }
}

/** Bytes of the heap that are in use after a garbage collection. */
export function usedHeap(): number {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
  return process.memoryUsage().heapUsed;
}

/** Time limits end so many times sooner. */
export function hastyClock(times: number): Clock {
  return { ...realClock, arm: (ms, why, fire) => realClock.arm(ms / times, why, fire) };
}

export interface EchoFace extends BleListener {
  /** What was written to the SMP characteristic, in order, of all links. */
  readonly written: Uint8Array[];
  /** Links that were made and that ended. */
  readonly links: { opened: number; closed: number };
}

export interface EchoOptions {
  readonly board?: Partial<BleBoardOptions>;
  readonly controller?: BleControllerOptions;
  readonly at?: Parameters<typeof listenBle>[0]['at'];
  readonly clock?: Clock;
  /** Called for each write; by default the write comes back as a response. */
  readonly answer?: (bytes: Uint8Array, peer: Peer) => void;
}

export const boardAddress = 'C0:00:00:00:00:01';

/** A board that answers each request with the same bytes, as a response. */
export async function listenEcho({ board, controller, at, clock = realClock, answer = echo }: EchoOptions = {}): Promise<EchoFace> {
  const written: Uint8Array[] = [];
  const links = { opened: 0, closed: 0 };
  const face = await listenBle(
    {
      at: at ?? { host: '127.0.0.1', port: 0 },
      clock,
      board: { name: 'Zephyr', address: boardAddress, ...board },
      controller: { advertisingMs: 2, ...controller },
    },
    (peer) => {
      links.opened += 1;
      return {
        receive: (bytes) => {
          written.push(bytes);
          answer(bytes, peer);
        },
        closed: () => void (links.closed += 1),
      };
    },
  );
  return { ...face, written, links };
}

/** Boards in reach of one controller. */
export async function listenBoards(boards: readonly BleAdvertiser[]): Promise<Listener & { readonly query: string }> {
  const listener = await listenTcp({ host: '127.0.0.1', port: 0 }, (peer) => {
    const options = { advertisingMs: 2 };
    const host = createBleController({ clock: realClock, boards, options, host: peer.name, send: (packet) => peer.send(packet) });
    return { receive: (bytes) => host.receive(bytes), closed: () => host.close() };
  });
  return { ...listener, query: `adapter=h4:${listener.address}` };
}

/** The adapter of a `ble:` address. */
export function parseAdapter(address: string): AdapterAddress {
  const parsed = parseAddress(address);
  assert(parsed.scheme === 'ble', `${address} is an address of a BLE device`);
  return parsed.adapter;
}

/** The bytes of a request as they come back: its operation is one higher. */
export function asResponse(packet: Uint8Array): Uint8Array {
  const response = packet.slice();
  response[0] = (response[0] ?? 0) | 1;
  return response;
}

function echo(bytes: Uint8Array, peer: Peer): void {
  peer.send(asResponse(bytes));
}
