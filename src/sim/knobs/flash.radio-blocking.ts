/** Flash that blocks the processor while it erases, without a share of the time for radio and ports: what arrives meanwhile is lost. */

import { assert } from '../../base/assert.ts';
import { createSectorMap } from '../flash/sector-map.ts';
import type { Knob } from './knob.ts';

export const radioBlocking: Knob<'flash.radio-blocking'> = (on, { clock, device }) => {
  let deafUntil = 0;
  const eraseMs = ({ flash, at, length }: { readonly flash: string; readonly at: number; readonly length: number }): number => {
    const chip = device.profile.flash.find(({ name }) => name === flash);
    assert(chip !== undefined, `an erase of the unknown flash "${flash}"`);
    const map = createSectorMap(chip.sectors);
    return ((map.indexAt(at + length - 1) - map.indexAt(at) + 1) * chip.costs.eraseSectorUs) / 1000;
  };
  return {
    flash: {
      write: (operation) => {
        if (on && operation.kind === 'erase' && device.state === 'running') {
          deafUntil = Math.max(deafUntil, clock.now()) + eraseMs(operation);
        }
        return 'proceed';
      },
    },
    port: (port) => ({
      ...port,
      receive: (bytes, packet) => {
        if (clock.now() >= deafUntil) port.receive(bytes, packet);
      },
    }),
  };
};
