/** Which swap algorithm a mode uses. */

import type { SwapAlgorithm } from './algorithm.ts';
import type { BootMode } from './config.ts';
import { moveAlgorithm } from './move.ts';
import { offsetAlgorithm } from './offset.ts';
import { scratchAlgorithm } from './scratch.ts';

/** Undefined for the modes that do not swap. */
export function algorithmOf(mode: BootMode): SwapAlgorithm | undefined {
  switch (mode) {
    case 'move':
      return moveAlgorithm;
    case 'offset':
      return offsetAlgorithm;
    case 'scratch':
      return scratchAlgorithm;
    default:
      return undefined;
  }
}
