/** How long a plain boot takes, whatever the flash costs. */

import { millisecondsOf } from '../../base/measures.ts';
import type { Knob } from './knob.ts';
import { withPace } from './pace.ts';

export const bootTime: Knob<'boot.boot-time'> = (time) => withPace((swaps) => !swaps, millisecondsOf(time));
