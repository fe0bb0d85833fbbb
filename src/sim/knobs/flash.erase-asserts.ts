/** An application whose flash driver asserts when it is asked to erase: it prints why and resets, and nothing is erased. */

import type { Knob } from './knob.ts';

export const eraseAsserts: Knob<'flash.erase-asserts'> = (on, { device }) => ({
  flash: {
    write: ({ kind, flash, at }) => {
      if (!on || kind !== 'erase' || device.state !== 'running') return 'proceed';
      device.print(`ASSERTION FAIL [flash_erase(${flash}, 0x${at.toString(16)})]`);
      // The assertion ends the request: the reset comes before whatever the server makes of it.
      device.after(0, 'reset after an assertion', () => device.restart());
      return 'fail';
    },
  },
});
