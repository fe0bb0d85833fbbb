/** A security counter that is raised too early, so that the way back is refused (field failure G3). */

import { withDefects } from './defects.ts';
import type { Knob } from './knob.ts';

export const counterBug: Knob<'boot.counter-bug'> = (on) => (on ? withDefects({ earlyCounter: true }) : {});
