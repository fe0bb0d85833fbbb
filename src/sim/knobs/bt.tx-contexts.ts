/** A Bluetooth stack that can keep track of so many notifications on their way: what is one too many is lost, with a line on the console. */

import { attOp } from '../../transport/ble/att.ts';
import type { Knob } from './knob.ts';
import { createInFlight } from './in-flight.ts';

export const txContexts: Knob<'bt.tx-contexts'> = (contexts, { device }) => {
  const inFlight = createInFlight();
  return {
    radio: (radio) => ({
      ...radio,
      connected: (link) => {
        inFlight.forget();
        radio.connected(link);
      },
      send: (pdu, deliver) => {
        if (pdu[0] !== attOp.notification) return radio.send(pdu, deliver);
        if (inFlight.count >= contexts) return device.print('<wrn> bt_conn: Unable to allocate TX context');
        radio.send(pdu, inFlight.track(deliver));
      },
    }),
  };
};
