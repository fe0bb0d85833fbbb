/** A Bluetooth stack that waits for a buffer where it must not: an answer in more notifications than there are buffers stops all that it sends, until a restart. */

import { createNotificationLimit } from './in-flight.ts';
import type { Knob } from './knob.ts';

export const txBuffers: Knob<'bt.tx-buffers'> = (buffers, { device }) => {
  const limit = createNotificationLimit();
  let stuckInBoot: number | undefined;
  return {
    radio: (radio) => {
      const limited = limit(radio, buffers, () => (stuckInBoot = device.boots));
      return {
        ...limited,
        send: (pdu, deliver) => {
          if (stuckInBoot !== device.boots) limited.send(pdu, deliver);
        },
      };
    },
  };
};
