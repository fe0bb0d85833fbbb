/** Where the packets of an adapter come from: the kernel, or a controller of ours over H4. noble gets the same socket for both. */

import { EventEmitter } from 'node:events';
import { createRequire } from 'node:module';
import { messageOf } from '../../base/errors.ts';
import { linkClosed } from '../link-errors.ts';
import type { TransportContext } from '../transport.ts';
import type { AdapterAddress, H4Place } from './address.ts';
import { adapterBroken, adapterUnavailable } from './errors.ts';
import { H4Controller } from './h4-controller.ts';
import type { NobleSocket } from './noble.ts';

export interface HciSource {
  readonly socket: NobleSocket;
  /** True when the controller sends from a random address, because it has no other. */
  readonly randomAddress: boolean;
  /** Aborted when the source is lost or closed; the reason is an infra error. */
  readonly over: AbortSignal;
  /** Idempotent. */
  close(): Promise<void>;
}

/** Rejects with an infra error that says what is missing. */
export function openHciSource(address: AdapterAddress, context: TransportContext): Promise<HciSource> {
  const { text: name } = address;
  return address.kind === 'h4' ? openH4(name, address.place, context) : Promise.resolve().then(() => openKernel(name, address.index));
}

async function openH4(name: string, place: H4Place, context: TransportContext): Promise<HciSource> {
  const controller = await H4Controller.open({ name, place }, context);
  const socket = createSocket({
    write: (packet) => controller.write(new Uint8Array(packet)),
    isDevUp: () => !controller.over.aborted,
    setFilter: () => undefined,
  });
  controller.deliver = (packet) => void socket.emit('data', Buffer.from(packet));
  return { socket, randomAddress: controller.randomAddress !== undefined, over: controller.over, close: () => controller.close() };
}

/** The native sockets by adapter: they stay open until the process ends, whatever is done, so each adapter gets one for good. */
const nativeSockets = new Map<number, NobleSocket>();

function openKernel(name: string, index: number): HciSource {
  const native = nativeSocket(name, index);
  const end = new AbortController();
  const socket = createSocket({
    write: (packet) => native.write(packet),
    isDevUp: () => native.isDevUp(),
    setFilter: (filter) => native.setFilter(filter),
  });
  native.on('error', (error) => void socket.emit('error', error));
  native.on('data', (packet) => {
    try {
      socket.emit('data', packet);
    } catch (thrown) {
      end.abort(adapterBroken(name, `sent a packet that noble cannot read: ${messageOf(thrown)}`));
    }
  });
  native.start();
  return {
    socket,
    randomAddress: false,
    over: end.signal,
    close: () => {
      end.abort(linkClosed(`adapter ${name}`));
      native.removeAllListeners();
      native.stop();
      return Promise.resolve();
    },
  };
}

function nativeSocket(name: string, index: number): NobleSocket {
  const known = nativeSockets.get(index);
  if (known !== undefined) return known;
  try {
    const noblesOwn = createRequire(createRequire(import.meta.url).resolve('@abandonware/noble/package.json'));
    const NativeSocket = noblesOwn('@abandonware/bluetooth-hci-socket') as new () => NobleSocket;
    const native = new NativeSocket();
    native.bindRaw(index);
    nativeSockets.set(index, native);
    return native;
  } catch (thrown) {
    throw adapterUnavailable(name, thrown);
  }
}

/** A socket that is bound and started already. */
function createSocket(port: Pick<NobleSocket, 'write' | 'isDevUp' | 'setFilter'>): NobleSocket {
  const nothing = (): void => undefined;
  return Object.assign(new EventEmitter(), { ...port, bindRaw: nothing, start: nothing, stop: nothing });
}
