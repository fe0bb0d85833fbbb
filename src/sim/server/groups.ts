/** All command groups that a server can be built with, by number. */

import { assert } from '../../base/assert.ts';
import { createEnumGroup } from './groups/enum.ts';
import { createFilesGroup } from './groups/files.ts';
import { createImageGroup } from './groups/image.ts';
import { createLogGroup } from './groups/log.ts';
import { createOsGroup } from './groups/os.ts';
import { createSettingsGroup } from './groups/settings.ts';
import { createShellGroup } from './groups/shell.ts';
import { createStatisticsGroup } from './groups/statistics.ts';
import { createZephyrBasicGroup } from './groups/zephyr-basic.ts';
import type { Group, GroupFactory, ServerContext } from './group.ts';

const factories: Readonly<Record<number, GroupFactory>> = {
  0: createOsGroup,
  1: createImageGroup,
  2: createStatisticsGroup,
  3: createSettingsGroup,
  4: createLogGroup,
  8: createFilesGroup,
  9: createShellGroup,
  10: createEnumGroup,
  63: createZephyrBasicGroup,
};

/** The groups of a profile in its order. */
export function createGroups(context: ServerContext): readonly Group[] {
  return context.profile.groups.map((id) => {
    const factory = factories[id];
    assert(factory !== undefined, `no model of SMP group ${id}`);
    return factory(context);
  });
}
