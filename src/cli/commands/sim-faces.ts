/** The faces of a simulated device: what each flag opens, and what becomes of the bytes of those who connect. */

import { resolve } from 'node:path';
import type { Clock } from '../../base/clock.ts';
import type { BootproofError } from '../../base/errors.ts';
import { bleBoardOf } from '../../sim/ble/device-board.ts';
import { listenBle } from '../../sim/ble/listen-ble.ts';
import { readSettings } from '../../language/profile/settings.ts';
import { createControlSession } from '../../sim/control.ts';
import type { PortKind, SimDevice } from '../../sim/device.ts';
import { parseHostPort } from '../../transport/address.ts';
import { listenPty } from '../../transport/listen-pty.ts';
import { listenTcp } from '../../transport/listen-tcp.ts';
import { listenUdp } from '../../transport/listen-udp.ts';
import type { Accept, Listener } from '../../transport/listener.ts';
import { flagError } from '../flags.ts';

const linkFaces = ['serial', 'serial-raw', 'shell'] as const;
const socketFaces = ['tcp', 'udp', 'ble', 'console', 'control'] as const;
const faceNames = [...linkFaces, ...socketFaces] as const;

/** A face has the name of its flag. */
export type FaceName = (typeof faceNames)[number];

export type FaceRequest =
  | { readonly face: (typeof linkFaces)[number]; readonly link: string }
  | { readonly face: (typeof socketFaces)[number]; readonly host: string; readonly port: number };

/** The faces that the flags ask for, in a fixed order. Throws an input error for a bad address, or when there are none. */
export function readFaces(flags: Readonly<Record<FaceName, readonly string[]>>): readonly FaceRequest[] {
  const requests = [
    ...linkFaces.flatMap((face) => flags[face].map((link) => ({ face, link: resolve(link) }))),
    ...socketFaces.flatMap((face) => flags[face].map((text) => ({ face, ...readHostPort(face, text) }))),
  ];
  if (requests.length > 0) return requests;
  throw flagError('the device needs a face', `give at least one of ${faceNames.map((face) => `--${face}`).join(', ')}`);
}

function readHostPort(face: FaceName, text: string): { readonly host: string; readonly port: number } {
  const at = parseHostPort(text);
  if (at !== undefined) return at;
  throw flagError(`--${face}: "${text}" is not HOST:PORT`, 'such as 127.0.0.1:4001, [::1]:4001, or port 0 for any free one');
}

export interface FaceContext {
  readonly device: SimDevice;
  readonly clock: Clock;
  /** Of the programs that faces start: their limits do not shrink with the device's speed. */
  readonly hostClock: Clock;
  /** A face broke down by itself. */
  readonly failed: (error: BootproofError) => void;
}

export interface Faces {
  /** As a bench writes them. */
  readonly addresses: Readonly<Partial<Record<FaceName, readonly string[]>>>;
  close(): Promise<void>;
}

/** Opens all faces or none. Rejects with an infra error for the first one that cannot be had. */
export async function openFaces(requests: readonly FaceRequest[], context: FaceContext): Promise<Faces> {
  const addresses: Partial<Record<FaceName, string[]>> = {};
  const listeners: Listener[] = [];
  const close = async (): Promise<void> => {
    await Promise.all(listeners.map((listener) => listener.close()));
  };
  try {
    for (const request of requests) {
      const listener = await openFace(request, context);
      listeners.push(listener);
      (addresses[request.face] ??= []).push(request.face === 'serial-raw' ? `${listener.address}?framing=raw` : listener.address);
    }
  } catch (thrown) {
    await close();
    throw thrown;
  }
  return { addresses, close };
}

function openFace(request: FaceRequest, { device, clock, hostClock, failed }: FaceContext): Promise<Listener> {
  switch (request.face) {
    case 'serial':
    case 'serial-raw':
    case 'shell':
      return listenPty({ link: request.link, clock: hostClock, failed }, devicePort(device, request.face));
    case 'tcp':
      return listenTcp(request, devicePort(device, 'serial'));
    case 'udp':
      return listenUdp({ ...request, clock }, devicePort(device, 'datagram'));
    case 'ble':
      return listenBle(
        { at: request, clock, device, board: bleBoardOf(device), controller: { packetsPerEvent: 'as-time-allows' } },
        devicePort(device, 'ble'),
      );
    case 'console':
      return listenTcp(request, devicePort(device, 'console'));
    case 'control':
      return listenTcp(request, controlSession(device));
  }
}

/** Each peer gets a port of its own, so that nobody sees the answers to somebody else. */
function devicePort(device: SimDevice, kind: PortKind): Accept {
  return (peer) => {
    const port = device.openPort(kind, (bytes) => peer.send(bytes));
    return { receive: (bytes) => port.receive(bytes), closed: () => port.close() };
  };
}

function controlSession(device: SimDevice): Accept {
  return (peer) => createControlSession(device, { send: (bytes) => peer.send(bytes), readSettings });
}
