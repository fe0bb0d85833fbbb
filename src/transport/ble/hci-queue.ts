/**
 * What a host owes its controller: no command before the last one was answered with leave for another, and no more data
 * packets than there are buffers (Core Specification, volume 4 part E, sections 4.1 and 4.4). noble sends six commands
 * at once, as the Linux kernel lets it.
 */

import { hciEvent, hciType, readUint16 } from './hci.ts';

export interface HciQueue {
  /** Sends a packet now or when the controller is ready for it. False when too many wait. */
  write(packet: Uint8Array): boolean;
  /** Sees every packet of the controller. */
  observe(packet: Uint8Array): void;
  /** Buffers for data packets; none are sent before that is known. */
  setBuffers(count: number): void;
}

/** A controller that leaves so much waiting does not work. noble keeps to the buffers itself and never has so much under way. */
export const hciWaitingMax = 256;

const handleMask = 0xfff;

export function createHciQueue(send: (packet: Uint8Array) => void): HciQueue {
  const commands: Uint8Array[] = [];
  let data: Uint8Array[] = [];
  let mayCommand = true;
  let buffers = 0;
  /** Packets in the controller's buffers, by connection. */
  const buffered = new Map<number, number>();

  const sendCommands = (): void => {
    const next = mayCommand ? commands.shift() : undefined;
    if (next === undefined) return;
    mayCommand = false;
    send(next);
  };
  const sendData = (): void => {
    const inUse = [...buffered.values()].reduce((sum, count) => sum + count, 0);
    for (const packet of data.splice(0, Math.max(0, buffers - inUse))) {
      const handle = handleOf(packet);
      buffered.set(handle, (buffered.get(handle) ?? 0) + 1);
      send(packet);
    }
  };
  const answered = (credits: number): void => {
    mayCommand = credits > 0;
    sendCommands();
  };
  const completed = (handle: number, count: number): void => {
    const left = (buffered.get(handle) ?? 0) - count;
    if (left > 0) buffered.set(handle, left);
    else buffered.delete(handle);
  };

  return {
    write: (packet) => {
      if (commands.length + data.length >= hciWaitingMax) return false;
      if (packet[0] === hciType.command) commands.push(packet);
      else data.push(packet);
      sendCommands();
      sendData();
      return true;
    },
    observe: (packet) => {
      if (packet[0] !== hciType.event) return;
      switch (packet[1]) {
        case hciEvent.commandComplete:
          return answered(packet[3] ?? 0);
        case hciEvent.commandStatus:
          return answered(packet[4] ?? 0);
        case hciEvent.disconnectionComplete: {
          const handle = readUint16(packet, 4) & handleMask;
          buffered.delete(handle);
          data = data.filter((waiting) => handleOf(waiting) !== handle);
          return sendData();
        }
        case hciEvent.numberOfCompletedPackets:
          for (let at = 4; at + 4 <= packet.length; at += 4) completed(readUint16(packet, at) & handleMask, readUint16(packet, at + 2));
          return sendData();
        default:
      }
    },
    setBuffers: (count) => {
      buffers = count;
      sendData();
    },
  };
}

function handleOf(packet: Uint8Array): number {
  return readUint16(packet, 1) & handleMask;
}
