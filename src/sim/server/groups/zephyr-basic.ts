/** The Zephyr basic group (63): erasing the storage partition (smp.md 3.10). */

import { FlashFailure } from '../../flash/errors.ts';
import { answerMap, fail } from '../answer.ts';
import { groupCodes } from '../../../smp/codes.ts';
import type { Answer } from '../answer.ts';
import type { Group, ServerContext } from '../group.ts';

const error = groupCodes['zephyr-basic'];

export function createZephyrBasicGroup(context: ServerContext): Group {
  return {
    id: 63,
    name: 'zephyr basic mgmt',
    commands: { 0: { write: () => eraseStorage(context) } },
  };
}

function eraseStorage({ storage, settings }: ServerContext): Answer {
  if (storage === undefined) return fail(error.FLASH_OPEN_FAILED);
  try {
    storage.erase(0, storage.size);
  } catch (failure) {
    if (failure instanceof FlashFailure) return fail(error.FLASH_ERASE_FAILED);
    throw failure;
  }
  settings.forget();
  return answerMap();
}
