/** A bootloader that installs no larger image, and leaves the request as it is (field failure A1). */

import { bytesOf } from '../../base/measures.ts';
import { withDefects } from './defects.ts';
import type { Knob } from './knob.ts';

export const maxSwappable: Knob<'boot.max-swappable'> = (bytes) => withDefects({ imageSizeMax: bytesOf(bytes) });
