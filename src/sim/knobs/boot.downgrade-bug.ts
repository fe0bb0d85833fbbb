/** Downgrade prevention that looks at requests for a test only (field failure G2). */

import { withDefects } from './defects.ts';
import type { Knob } from './knob.ts';

export const downgradeBug: Knob<'boot.downgrade-bug'> = (on) => (on ? withDefects({ permanentDowngrades: true }) : {});
