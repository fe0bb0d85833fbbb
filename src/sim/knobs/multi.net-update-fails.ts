/** A network core that does not take over its update (field failure E4). */

import { withDefects } from './defects.ts';
import type { Knob } from './knob.ts';

export const netUpdateFails: Knob<'multi.net-update-fails'> = (on) => (on ? withDefects({ networkCoreFails: true }) : {});
