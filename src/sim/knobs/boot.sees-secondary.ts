/** A bootloader that was built with another place for the secondary slots than the application (field failure C9). */

import { withDefects } from './defects.ts';
import type { Knob } from './knob.ts';

export const seesSecondary: Knob<'boot.sees-secondary'> = (sees) => (sees ? {} : withDefects({ blind: true }));
