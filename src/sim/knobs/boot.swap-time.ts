/** How long a swap takes, whatever the flash costs. */

import { millisecondsOf } from '../../base/measures.ts';
import type { Knob } from './knob.ts';
import { withPace } from './pace.ts';

export const swapTime: Knob<'boot.swap-time'> = (time) => withPace((swaps) => swaps, millisecondsOf(time));
