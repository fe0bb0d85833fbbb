/** Control over a board by the programs of its bench entry. */

import { assert } from '../base/assert.ts';
import { BootproofError } from '../base/errors.ts';
import type { BoardEntry } from '../language/model.ts';
import type { ProvisionOptions } from '../sim/device.ts';
import { benchCommands } from './bench-command.ts';
import type { CommandContext } from './bench-command.ts';
import type { BoardControl, PowerAction, ResetLine } from './board-control.ts';
import type { BoardSources } from './board.ts';

export function commandControl(entry: BoardEntry, sources: BoardSources, context: CommandContext): BoardControl {
  const { name, provision, power, reset } = entry;
  const commands = benchCommands(entry, sources, context);
  const switchPower = async (action: PowerAction, signal?: AbortSignal): Promise<void> => {
    // A board that can only be cycled is off for a moment when it is told to be on.
    const command = { on: power.on ?? power.cycle, off: power.off, cut: power.off }[action];
    if (command === undefined) return;
    await commands.run(command, `power ${command === power.cycle ? 'cycle' : action}`, { signal });
  };
  const pull = async (line: ResetLine, signal?: AbortSignal): Promise<void> => {
    const command = reset[line];
    assert(command !== undefined, `board ${name} has a command for its ${line}`);
    await commands.run(command, `reset by ${line}`, { signal });
  };
  return {
    ...(provision === undefined
      ? {}
      : { provision: (options, signal) => commands.run(provision, 'provision', { image: onlyImage(name, options), signal }) }),
    ...(canCycle(entry) ? { power: switchPower } : {}),
    ...(Object.keys(reset).length === 0 ? {} : { reset: pull }),
    close: () => Promise.resolve(),
  };
}

/** Power that goes and comes back; a cycle command is enough for that. */
export function canCycle({ power }: BoardEntry): boolean {
  return power.cycle !== undefined || canSwitch({ power });
}

/** Power that can stay off. */
export function canSwitch({ power }: Pick<BoardEntry, 'power'>): boolean {
  return power.off !== undefined && power.on !== undefined;
}

/** A programmer writes one image to the primary slot; every other state is for simulated boards. */
function onlyImage(board: string, { slots = [], state }: ProvisionOptions): Uint8Array {
  const images = slots.filter(({ content }) => content.kind !== 'empty');
  const [first] = images;
  if (first?.content.kind === 'image' && first.slot === 0 && images.length === 1 && (state ?? 'normal') === 'normal')
    return first.content.bytes;
  throw new BootproofError(`the provision command of board ${board} can only write one image to slot 0`, {
    fault: 'input',
    code: 'provision-unsupported',
    hint: 'run this pipeline on a simulated board, or reach the state by steps',
  });
}
