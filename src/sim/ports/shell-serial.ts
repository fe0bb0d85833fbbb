/**
 * A UART with Zephyr's shell on it, which passes SMP frames on and takes everything else as typed (smp_shell.c). What
 * comes behind a foreign byte in the same read belongs to the shell too, frames included.
 */

import { concatBytes } from '../../base/bytes.ts';
import { encodeSerialFrame } from '../../smp/serial-frame.ts';
import { createFragmentAssembler } from './zephyr-fragments.ts';
import type { Framing } from './framing.ts';
import { createTypist, type TypistOptions } from './typist.ts';

export interface ShellSerialOptions extends TypistOptions {
  readonly bufferSize: number;
  readonly lineMax: number;
  /** Frame lines that are held until they are decoded; all when undefined. */
  readonly burst?: number | undefined;
}

/** `CONFIG_SHELL_BACKEND_SERIAL_RX_RING_BUFFER_SIZE`: the most that is read at once. */
const readSize = 64;
const newline = 0x0a;
/** First byte of each marker, and the byte that has to follow it. */
const secondByte = new Map([
  [0x06, 0x09],
  [0x04, 0x14],
]);

export function createShellSerial(options: ShellSerialOptions): Framing {
  const { lineMax, burst = Infinity } = options;
  const assembler = createFragmentAssembler(options.bufferSize);
  const typist = createTypist(options);
  /** The marker byte that was seen last; it stays until a whole frame went by, even when its second byte did not come. */
  let marker: number | undefined;
  let inFrame = false;
  let line: number[] = [];

  /** Whether the byte belongs to a frame. */
  const accept = (byte: number): boolean => {
    if (inFrame) return true;
    if (marker !== undefined) return (inFrame = byte === secondByte.get(marker));
    if (!secondByte.has(byte)) return false;
    marker = byte;
    return true;
  };

  return {
    receive: (bytes, packet) => {
      let kept = 0;
      for (let at = 0; at < bytes.length; at += readSize) {
        const chunk = bytes.subarray(at, at + readSize);
        for (const [index, byte] of chunk.entries()) {
          if (!accept(byte)) {
            typist.type(chunk.subarray(index));
            break;
          }
          if (line.length < lineMax) line.push(byte);
          if (!inFrame || byte !== newline) continue;
          kept += 1;
          const complete = kept <= burst ? assembler.push(Uint8Array.from(line)) : undefined;
          line = [];
          marker = undefined;
          inFrame = false;
          if (complete !== undefined) packet(complete);
        }
      }
    },
    frame: (response) => [concatBytes(encodeSerialFrame(response, { style: 'zephyr' }))],
  };
}
