/**
 * The BLE face of a simulated board: a virtual controller over H4 for each host that connects, all of them in reach of
 * the same board. Any BLE host that speaks H4 can use it, and so can the `ble:` addresses of this program.
 */

import type { Clock } from '../../base/clock.ts';
import { listenTcp } from '../../transport/listen-tcp.ts';
import { listenUnix } from '../../transport/listen-unix.ts';
import type { Accept, Listener } from '../../transport/listener.ts';
import type { SimDevice } from '../device.ts';
import { followDevice } from './device-board.ts';
import { createBleBoard, type BleBoard, type BleBoardOptions } from './board.ts';
import { createBleController, type BleController, type BleControllerOptions, type ControllerViolation } from './controller.ts';

export interface BleFace {
  /** Where hosts reach the controller; port 0 takes a free one. */
  readonly at: { readonly host: string; readonly port: number } | { readonly path: string };
  readonly clock: Clock;
  readonly board: BleBoardOptions;
  readonly controller?: BleControllerOptions;
  /** The device behind the face: its Bluetooth is up while its application runs. Without one the board is always up. */
  readonly device?: Pick<SimDevice, 'state' | 'onState' | 'radio'>;
}

export interface BleListener extends Listener {
  /** What a client opens: `ble:` with the board's address and the controller's place. */
  readonly address: string;
  readonly board: Pick<BleBoard, 'setUp' | 'disconnect' | 'link'>;
  /** What hosts did that a real controller would not have put up with, of all hosts together. */
  violations(): Readonly<Record<ControllerViolation, number>>;
}

/**
 * Each link of the board is a peer: it receives what is written to the SMP characteristic, one write at a time, and
 * sends answers as notifications. Rejects with an infra error when the address cannot be had.
 */
export async function listenBle({ at, clock, board: options, controller = {}, device }: BleFace, accept: Accept): Promise<BleListener> {
  const board = createBleBoard(options, accept, device?.radio);
  const counted: Record<ControllerViolation, number> = { 'command-overrun': 0, 'buffer-overrun': 0, malformed: 0 };
  const serveHost: Accept = (peer) => {
    const host: BleController = createBleController({
      clock,
      boards: [board],
      options: controller,
      host: peer.name,
      send: (packet) => peer.send(packet),
      violated: (violation) => (counted[violation] += 1),
    });
    return { receive: (bytes) => host.receive(bytes), closed: () => host.close() };
  };
  const listener = await ('path' in at ? listenUnix(at.path, serveHost) : listenTcp(at, serveHost));
  const stopFollowing = device === undefined ? undefined : followDevice(device, board);
  return {
    address: `ble:${options.address}?adapter=h4:${listener.address}`,
    board,
    violations: () => ({ ...counted }),
    close: () => {
      stopFollowing?.();
      return listener.close();
    },
  };
}
