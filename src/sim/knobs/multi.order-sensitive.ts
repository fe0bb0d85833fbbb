/** A bootloader that passes over the network core's update when the application's was requested before it (field failure E1). */

import type { BootDefects } from '../bootloader/defects.ts';
import type { Knob } from './knob.ts';

export const orderSensitive: Knob<'multi.order-sensitive'> = (on) => {
  if (!on) return {};
  let requested: readonly number[] = [];
  const defects = (before: BootDefects): BootDefects => ({ ...before, passedOver: requested[0] === 0 ? requested.slice(1) : [] });
  return {
    store: (store) => ({
      ...store,
      setNext: (slot, options) => {
        if (!options.active) requested = [...new Set([...requested, slot >> 1])];
        return store.setNext(slot, options);
      },
    }),
    bootloader: (bootloader) => ({
      boot: (areas, config, host) => {
        const result = bootloader.boot(areas, { ...config, defects: defects(config.defects) }, host);
        requested = [];
        return result;
      },
    }),
  };
};
