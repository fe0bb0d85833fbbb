/** A Bluetooth stack that waits for a buffer where it must not: an answer in more notifications than there are buffers stops all that it sends, until a restart. */

import { attOp } from '../../transport/ble/att.ts';
import type { Knob } from './knob.ts';
import { createInFlight } from './in-flight.ts';

export const txBuffers: Knob<'bt.tx-buffers'> = (buffers, { device }) => {
  const inFlight = createInFlight();
  let stuckInBoot: number | undefined;
  return {
    radio: (radio) => ({
      ...radio,
      connected: (link) => {
        inFlight.forget();
        radio.connected(link);
      },
      send: (pdu, deliver) => {
        if (stuckInBoot === device.boots) return;
        if (pdu[0] !== attOp.notification) return radio.send(pdu, deliver);
        if (inFlight.count >= buffers) stuckInBoot = device.boots;
        else radio.send(pdu, inFlight.track(deliver));
      },
    }),
  };
};
