/** The server of Mynewt: the library that Zephyr 2.7 has, with the groups that Zephyr left behind (smp.md 3.1, 3.5). */

import { coreCodes } from '../../smp/codes.ts';
import { changedProfile } from './profile.ts';
import type { ServerProfile } from './profile.ts';

export function mynewt(z27: ServerProfile): ServerProfile {
  const { decoder, translation } = z27.protocol;
  const noSlot = { group: 'image', command: 1, error: 'NO_FREE_SLOT', rc: coreCodes.ENOMEM } as const;
  const changed = changedProfile(z27, {
    protocol: {
      translation: [noSlot, ...translation],
      decoder: decoder.library === 'zcbor' ? decoder : { ...decoder, limits: { ...decoder.limits, log_name: 64 } },
    },
    groups: [0, 1, 2, 4],
    os: {
      consoleEcho: true,
      datetime: 'seconds',
      memoryPools: { layout: 'mynewt', pools: [{ name: 'msys_1', blksiz: 292, nblks: 12, nfree: 9, min: 7 }] },
      threads: [
        { name: 'idle', prio: 255, tid: 0, state: 1, stksiz: 64, stkuse: 26 },
        { name: 'main', prio: 127, tid: 1, state: 1, stksiz: 1024, stkuse: 340 },
      ],
      threadList: { ...z27.os.threadList, priority: 'uint32' },
    },
    statistics: [{ name: 'stat', fields: [['num_registered', 1]] }],
    log: {
      logs: ['reboot_log'],
      modules: { DEFAULT: 0, OS: 1, NEWTMGR: 2, REBOOT: 6 },
      levels: { DEBUG: 0, INFO: 1, WARN: 2, ERROR: 3, CRITICAL: 4 },
    },
  });
  return { ...changed, name: 'mynewt' };
}
