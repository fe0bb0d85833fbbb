/** The Bluetooth of a simulated device: a board that is up while the application runs, and whose links are ports of the device. */

import { attError } from '../../transport/ble/att.ts';
import type { Accept } from '../../transport/listener.ts';
import type { SimDevice } from '../device.ts';
import { createBleBoard, type BleBoard, type BleBoardOptions } from './board.ts';

/** A static random address: two boards on one adapter would need two, but each of these has a controller of its own. */
const address = 'C0:00:00:00:00:01';

/** What a central is told that switches notifications on over a link that lacks what the characteristic demands. */
const attErrors = { encryption: attError.insufficientEncryption, authentication: attError.insufficientAuthentication } as const;

export function bleBoardOf({ profile }: SimDevice): BleBoardOptions {
  const { mtu, security } = profile.links.ble;
  const board = { name: profile.name, address, mtu };
  return security === undefined ? board : { ...board, errors: { subscribe: attErrors[security] } };
}

/** Each link is a port of its own. */
export function createDeviceBoard(device: SimDevice): BleBoard {
  const board = createBleBoard(bleBoardOf(device), blePort(device), device.radio);
  followDevice(device, board);
  return board;
}

function blePort(device: SimDevice): Accept {
  return (peer) => {
    const port = device.openPort('ble', (bytes) => peer.send(bytes));
    return { receive: (bytes) => port.receive(bytes), closed: () => port.close() };
  };
}

/** The board's radio comes and goes with the application; returns the way to stop that. */
export function followDevice(device: Pick<SimDevice, 'state' | 'onState'>, board: BleBoard): () => void {
  board.setUp(device.state === 'running');
  return device.onState((state) => board.setUp(state === 'running'));
}
