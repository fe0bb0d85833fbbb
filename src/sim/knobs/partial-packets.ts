/**
 * Knob: what a server does with a packet that is shorter than its header says, in place of refusing it. Field report S3: a
 * client that gets the length wrong must not take the device away from the next one.
 */

import { concatBytes } from '../../base/bytes.ts';
import { decodeHeader, headerSize } from '../../smp/header.ts';
import type { SmpServer } from '../server/server.ts';

/** `await-rest`: what comes next is taken for the rest, whatever it is. `restart`: the application fails an assertion. */
export type PartialPacketsKnob = 'await-rest' | 'restart';

export function withPartialPackets(server: SmpServer, knob: PartialPacketsKnob, restart: () => void): SmpServer {
  let begun: Uint8Array = new Uint8Array();
  return {
    ...server,
    handle: (packet, output) => {
      const whole = concatBytes([begun, packet]);
      const header = decodeHeader(whole);
      const isPartial = header !== undefined && whole.length < headerSize + header.length;
      begun = isPartial && knob === 'await-rest' ? whole : new Uint8Array();
      if (!isPartial) server.handle(whole, output);
      else if (knob === 'restart') restart();
    },
  };
}
