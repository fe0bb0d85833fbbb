/** Every command by its numbers: for logs and decoders that meet one on the wire. */

import { groupName } from './codes.ts';
import { basicEraseStorage } from './groups/basic.ts';
import { enumCount, enumDetails, enumList, enumSingle } from './groups/enum.ts';
import { fsClose, fsDownload, fsHash, fsHashTypes, fsStatus, fsUpload } from './groups/fs.ts';
import { imageErase, imageSlotInfo, imageStateRead, imageStateWrite, imageUpload } from './groups/image.ts';
import { logClear, logLevels, logList, logModules, logShow } from './groups/log.ts';
import {
  osBootloaderInfo,
  osConsoleEcho,
  osDatetimeRead,
  osDatetimeWrite,
  osEcho,
  osInfo,
  osMemoryPools,
  osParameters,
  osReset,
  osTaskStatistics,
} from './groups/os.ts';
import { settingsCommit, settingsDelete, settingsLoad, settingsRead, settingsSave, settingsWrite } from './groups/settings.ts';
import { shellExecute } from './groups/shell.ts';
import { statList, statShow } from './groups/stat.ts';
import { smpOp, type SmpHeader } from './header.ts';
import type { SmpCommand } from './message.ts';

/** A command whose request cannot be made, only its reply be read. */
export type AnySmpCommand = SmpCommand<never, unknown>;

const commands: readonly AnySmpCommand[] = [
  ...[osEcho, osConsoleEcho, osTaskStatistics, osMemoryPools, osDatetimeRead, osDatetimeWrite, osReset, osParameters, osInfo],
  ...[osBootloaderInfo, imageStateRead, imageStateWrite, imageUpload, imageErase, imageSlotInfo, statShow, statList],
  ...[settingsRead, settingsWrite, settingsDelete, settingsCommit, settingsLoad, settingsSave],
  ...[fsDownload, fsUpload, fsStatus, fsHash, fsHashTypes, fsClose, shellExecute],
  ...[logShow, logClear, logModules, logLevels, logList],
  ...[enumCount, enumList, enumSingle, enumDetails, basicEraseStorage],
];

/** The command of a packet, whether request or reply; undefined where the field has none by these numbers. */
export function findCommand(header: Pick<SmpHeader, 'group' | 'command' | 'op'>): AnySmpCommand | undefined {
  const op = header.op === smpOp.read || header.op === smpOp.readResponse ? 'read' : 'write';
  const same = commands.filter(({ group, command }) => group === header.group && command === header.command);
  return same.find((entry) => entry.op === op) ?? same[0];
}

/** What a packet is about: `image upload`, or `image 9` and `group 66 1` for commands without a name. */
export function commandName(header: Pick<SmpHeader, 'group' | 'command' | 'op'>): string {
  return findCommand(header)?.name ?? `${groupName(header.group) ?? `group ${header.group}`} ${header.command}`;
}
