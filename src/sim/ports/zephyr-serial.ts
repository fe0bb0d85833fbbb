/** A UART with SMP over console framing at a Zephyr application. */

import { encodeSerialFrame } from '../../smp/serial-frame.ts';
import { concatBytes } from '../../base/bytes.ts';
import { createLineCollector } from './lines.ts';
import { createFragmentAssembler } from './zephyr-fragments.ts';
import type { Framing } from './framing.ts';

export interface ZephyrSerialOptions {
  readonly bufferSize: number;
  readonly lineMax: number;
  /** Lines of one write that are kept until they are decoded; all when undefined. */
  readonly burst?: number | undefined;
}

export function createZephyrSerial({ bufferSize, lineMax, burst = Infinity }: ZephyrSerialOptions): Framing {
  const lines = createLineCollector(lineMax);
  const assembler = createFragmentAssembler(bufferSize);
  return {
    receive: (bytes, packet) => {
      let kept = 0;
      lines.push(bytes, (line) => {
        kept += 1;
        const complete = kept <= burst ? assembler.push(line) : undefined;
        if (complete !== undefined) packet(complete);
      });
    },
    frame: (response) => [concatBytes(encodeSerialFrame(response, { style: 'zephyr' }))],
  };
}
