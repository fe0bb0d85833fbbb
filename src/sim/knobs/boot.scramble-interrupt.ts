/** The slot of a refused image stays pending although it is empty (field failure C1). */

import { withDefects } from './defects.ts';
import type { Knob } from './knob.ts';

export const scrambleInterrupt: Knob<'boot.scramble-interrupt'> = (on) => (on ? withDefects({ keepsTrailer: true }) : {});
