/** What the firmware of a board says of itself, in the words of a bench's `facts` (smp.md 3.1, 3.2, 3.9). */

import { SmpRefusal } from '../client/errors.ts';
import { isSwapMode } from '../mcuboot/trailer.ts';
import type { BootMode } from '../sim/bootloader/config.ts';
import { groupName } from '../smp/codes.ts';
import { enumList } from '../smp/groups/enum.ts';
import { imageStateRead } from '../smp/groups/image.ts';
import { osBootloaderInfo, osParameters } from '../smp/groups/os.ts';
import type { BootloaderMode } from '../smp/groups/os.ts';
import type { SmpCommand } from '../smp/message.ts';
import type { Device } from './device.ts';

const modeNames: Readonly<Record<BootloaderMode, BootMode>> = {
  'single-slot': 'single',
  'swap-scratch': 'scratch',
  'overwrite-only': 'overwrite',
  'swap-move': 'move',
  'direct-xip': 'xip',
  'direct-xip-revert': 'xip-revert',
  'ram-load': 'ramload',
  'firmware-loader': 'firmware-loader',
  'single-slot-ram-load': 'ramload',
  'swap-offset': 'offset',
};

/** Facts that the firmware does not know of, or was built without, are absent. Rejects with an infra error when it does not answer. */
export async function askFacts(device: Device, signal: AbortSignal): Promise<Readonly<Record<string, unknown>>> {
  const ask = <Request, Reply>(command: SmpCommand<Request, Reply>, request: Request): Promise<Reply | undefined> =>
    device.request(command, request, { signal }).catch((thrown: unknown) => {
      if (thrown instanceof SmpRefusal) return undefined;
      throw thrown;
    });
  const list = await ask(imageStateRead, undefined);
  const info = await ask(osBootloaderInfo, { query: 'mode' });
  const buffers = await ask(osParameters, undefined);
  const groups = await ask(enumList, undefined);
  const named = (groups?.groups ?? []).map((group) => [groupName(group) ?? `group-${group}`, true] as const);
  const mode = info?.mode === undefined ? undefined : modeNames[info.mode];
  return {
    ...(list !== undefined && { images: Math.max(0, ...list.slots.map(({ image }) => image)) + 1 }),
    ...(mode !== undefined && { bootloader: { mode, swap: isSwapMode(mode) } }),
    smp: {
      os: true,
      ...(list !== undefined && { image: true }),
      ...Object.fromEntries(named),
      ...(buffers !== undefined && { 'buf-size': buffers.bufferSize, 'buf-count': buffers.bufferCount }),
    },
  };
}
