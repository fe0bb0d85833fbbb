/** What a bootloader does with requests (field failures A1, C6 and C9). */

import type { BootDefects } from '../bootloader/defects.ts';
import { withDefects } from './defects.ts';
import type { Knob } from './knob.ts';
import type { KnobValues } from './values.generated.ts';

const requests: Readonly<Record<KnobValues['boot.swap-policy'], BootDefects['requests']>> = {
  swap: undefined,
  'refuse-keep-pending': 'kept',
  'refuse-clear': 'cleared',
  'invalid-scramble': 'refused',
  panic: 'panic',
};

export const swapPolicy: Knob<'boot.swap-policy'> = (policy) => withDefects({ requests: requests[policy] });
