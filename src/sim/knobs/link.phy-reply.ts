/** A board that never answers a central which asks for the 2M PHY: the link ends after 40 s, as the specification has it. */

import type { Knob } from './knob.ts';

export const phyReply: Knob<'link.phy-reply'> = (reply) => ({
  radio: (radio) => ({ ...radio, linkLayer: (own) => ({ ...radio.linkLayer(own), answersPhy: reply === 'normal' }) }),
});
