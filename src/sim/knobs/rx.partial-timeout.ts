/**
 * A server that waits for the rest of a packet that is shorter than its header says, and takes whatever comes next for it.
 * Field report S3: a client that gets the length wrong must not take the device away from the next one.
 */

import { concatBytes } from '../../base/bytes.ts';
import { millisecondsOf } from '../../base/measures.ts';
import { isPartial } from './packets.ts';
import type { Knob } from './knob.ts';

export const partialTimeout: Knob<'rx.partial-timeout'> = (timeout, { clock, device }) => {
  let begun: { readonly bytes: Uint8Array; readonly at: number; readonly boot: number } | undefined;
  const held = (): Uint8Array =>
    begun === undefined || begun.boot !== device.boots || clock.now() - begun.at >= millisecondsOf(timeout)
      ? new Uint8Array()
      : begun.bytes;
  return {
    server: (server) => ({
      ...server,
      handle: (packet, output) => {
        const whole = concatBytes([held(), packet]);
        begun = isPartial(whole) ? { bytes: whole, at: clock.now(), boot: device.boots } : undefined;
        if (begun === undefined) server.handle(whole, output);
      },
    }),
  };
};
