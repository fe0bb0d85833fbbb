/** A Bluetooth stack that keeps a link that has ended for alive, and its only place for links with it, until a time has passed or it restarts. */

import { millisecondsOf } from '../../base/measures.ts';
import type { Knob } from './knob.ts';

export const phantomConn: Knob<'bt.phantom-conn'> = (lasts, { clock, device }) => {
  let phantom: { readonly boot: number; readonly until: number } | undefined;
  const holds = (): boolean => phantom !== undefined && phantom.boot === device.boots && clock.now() < phantom.until;
  return {
    radio: (radio) => ({
      ...radio,
      advertises: () => radio.advertises() && !holds(),
      closed: () => {
        phantom = { boot: device.boots, until: clock.now() + millisecondsOf(lasts) };
        radio.closed();
      },
    }),
  };
};
