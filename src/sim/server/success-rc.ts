/** Which successful answers say `rc: 0`, and where: a habit of single handlers, not of the protocol (smp.md 0; img_mgmt.c, fs_mgmt.c, os_mgmt.c of Zephyr 3.2). */

import { groupNumbers } from '../../smp/codes.ts';
import type { SmpHeader } from '../../smp/header.ts';
import type { Entries } from './answer.ts';
import type { ServerProfile } from './profile.ts';

const { image, stat, fs } = groupNumbers;

/** Commands by group. The echo, thread, parameter, reset and list commands never did; the shell has a result of its own. */
const legacy: Readonly<Record<number, readonly number[]>> = {
  [image]: [1, 5],
  [stat]: [0, 1],
  [fs]: [0],
  [groupNumbers['zephyr-basic']]: [0],
};

/** The entries of a successful answer, with the `rc` that this build has in it. Handlers that write one themselves are left alone. */
export function withSuccessRc(entries: Entries, { group, command }: Pick<SmpHeader, 'group' | 'command'>, profile: ServerProfile): Entries {
  const { successRc } = profile.protocol;
  const says = successRc === 'legacy' ? legacy[group]?.includes(command) === true : successRc === 'statistics' && group === stat;
  if (!says || entries.some(([key]) => key === 'rc')) return entries;
  const at = group === fs && profile.files.downloadRc === 'behind-data' ? Math.max(0, entries.findIndex(([key]) => key === 'data') + 1) : 0;
  return [...entries.slice(0, at), ['rc', 0], ...entries.slice(at)];
}
