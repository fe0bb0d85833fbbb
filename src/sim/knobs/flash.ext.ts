/** An external flash chip that is not there, cannot correct its errors, or is not yet ready at the first boot after power-on. */

import type { FlashHooks } from '../flash/hooks.ts';
import type { Knob, KnobHooks } from './knob.ts';

export const ext: Knob<'flash.ext'> = (how, { device }) => {
  const isExternal = ({ flash }: { readonly flash: string }): boolean => flash !== device.profile.images[0]?.primary.flash;
  const failing = (when: () => boolean): FlashHooks => ({
    read: (place) => (isExternal(place) && when() ? 'fail' : 'proceed'),
    write: (place) => (isExternal(place) && when() ? 'fail' : 'proceed'),
  });
  switch (how) {
    case 'ok':
      return {};
    case 'absent':
      return { flash: failing(() => true) };
    case 'ecc':
      return { flash: { read: failing(() => true).read } };
    case 'late':
      return late(failing);
  }
};

function late(failing: (when: () => boolean) => FlashHooks): KnobHooks {
  let ready = false;
  return {
    flash: failing(() => !ready),
    // The boot that found no chip takes long enough for it to come up.
    state: (state) => {
      if (state !== 'booting') ready = state !== 'off';
    },
  };
}
