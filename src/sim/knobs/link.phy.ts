/** The physical layer that a board agrees to when a central asks for 2M. */

import type { Knob } from './knob.ts';

export const phy: Knob<'link.phy'> = (agreed) => ({
  radio: (radio) => ({ ...radio, linkLayer: (own) => ({ ...radio.linkLayer(own), phy: agreed }) }),
});
