/** Zephyr's servers before 3.5: the rules that image slots had then, SMP v1 (up to 3.3), and the TinyCBOR servers (up to 3.0). */

import { coreCodes } from '../../smp/codes.ts';
import { earlier } from './profile.ts';
import type { ServerProfile, TranslatedError } from './profile.ts';

const { EINVAL, ENOENT } = coreCodes;

/** What handlers answered before groups had errors of their own (img_mgmt.c, fs_mgmt.c of Zephyr 3.2), where today's table says otherwise. */
const beforeGroupErrors: readonly TranslatedError[] = [
  { group: 'image', error: 'HASH_NOT_FOUND', rc: EINVAL },
  { group: 'image', error: 'INVALID_IMAGE_HEADER_MAGIC', rc: EINVAL },
  { group: 'image', command: 1, error: 'NO_FREE_SLOT', rc: ENOENT },
  { group: 'fs', error: 'FILE_OFFSET_LARGER_THAN_FILE', rc: EINVAL },
  { group: 'fs', error: 'FILE_EMPTY', rc: EINVAL },
];

/** Buffers that cborattr copies strings into: echo, data and hashes (smp.md 1.4), paths, and names of statistics. */
const copied = { d: 127, data: 512, sha: 32, hash: 32, name: 64 };

/** Newest first. */
export function olderServers(z35: ServerProfile): readonly ServerProfile[] {
  const z34 = earlier(z35, '3.4.0', {
    protocol: { groupErrors: 'ret' },
    groups: [8, 1, 0, 9, 2, 63],
    os: { echoWithoutText: 'refuse', datetime: null, bootloaderInfo: false },
    image: { sizeCheck: false, slotRules: 'running-image' },
  });
  const z33 = earlier(z34, '3.3.0', { protocol: { answeredVersion: 'zero', groupErrors: 'rc', translation: beforeGroupErrors } });
  const z32 = earlier(z33, '3.2.0', {
    protocol: { successRc: 'legacy' },
    os: { info: null },
    image: { refusalEndsUpload: false, slotRules: 'slot-0', tellsFailedConfirm: false, idleOffset: 'size' },
    files: { commands: [0, 1, 2], uploads: 'offset' },
    shell: { resultKey: 'rc' },
  });
  const z31 = earlier(z32, '3.1.0', {});
  const z30 = earlier(z31, '3.0.0', {
    protocol: { tooLargeRc: 2, checksLength: false, opCheck: 'behind-lookup', decoder: { library: 'cborattr', limits: copied } },
    os: {
      echoWithoutText: 'empty',
      params: false,
      threadList: { keys: ['prio', 'tid', 'state', 'stksiz', 'stkuse'], unknown: 'omit', priority: 'uint8' },
    },
    image: { overrunCheck: false, erasesAnySlot: false },
    files: { commands: [0] },
  });
  const z27 = earlier(z30, '2.7.0', {
    protocol: { requestAlign: 4 },
    os: { threadList: everyFigure },
    image: { cutsToWriteUnit: true },
    files: { downloadRc: 'behind-data' },
    shell: { chunkedOutput: true },
  });
  const z26 = earlier(z27, '2.6.0', { groups: [8, 1, 0, 9, 2] });
  return [z34, z33, z32, z31, z30, z27, z26];
}

/** As the mcumgr library of Zephyr 2.7 and of Mynewt shows threads. */
const everyFigure: ServerProfile['os']['threadList'] = {
  keys: ['prio', 'tid', 'state', 'stkuse', 'stksiz', 'cswcnt', 'runtime', 'last_checkin', 'next_checkin'],
  unknown: 'zero',
  priority: 'uint8',
};
