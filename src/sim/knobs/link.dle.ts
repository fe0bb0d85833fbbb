/** Packets on the air with fewer data bytes than 251: 27 is a link layer without the data length extension. */

import { bytesOf } from '../../base/measures.ts';
import type { Knob } from './knob.ts';

const [least, most] = [27, 251];

export const dle: Knob<'link.dle'> = (dataBytes) => ({
  radio: (radio) => ({
    ...radio,
    linkLayer: (own) => ({ ...radio.linkLayer(own), dataBytes: Math.max(least, Math.min(most, bytesOf(dataBytes))) }),
  }),
});
