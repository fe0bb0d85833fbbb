/** How a bootloader goes on with a swap that was interrupted (field failures H1 to H5). */

import type { BootDefects } from '../bootloader/defects.ts';
import { withDefects } from './defects.ts';
import type { Knob } from './knob.ts';
import type { KnobValues } from './values.generated.ts';

const bugs: Readonly<Record<KnobValues['boot.resume-bug'], BootDefects['resume']>> = {
  none: undefined,
  'lost-swap': 'lost',
  'shifted-header': 'skips-sector',
  'wrong-hdr': 'wrong-headers',
  'revert-flag': 'unconfirmed',
  'magic-bad': 'unfinished',
};

export const resumeBug: Knob<'boot.resume-bug'> = (bug) => withDefects({ resume: bugs[bug] });
