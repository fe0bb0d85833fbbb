/** A board whose firmware does not advertise again once a link has ended, until it restarts. */

import type { Knob } from './knob.ts';

export const advRestart: Knob<'bt.adv-restart'> = (restarts, { device }) => {
  let closedInBoot: number | undefined;
  return {
    radio: (radio) => ({
      ...radio,
      advertises: () => radio.advertises() && (restarts || closedInBoot !== device.boots),
      closed: () => {
        closedInBoot = device.boots;
        radio.closed();
      },
    }),
  };
};
