/** Control over a board by the programs of its bench entry. */

import { BootproofError } from '../base/errors.ts';
import type { BoardEntry } from '../language/model.ts';
import type { ProvisionOptions } from '../sim/device.ts';
import { benchCommands } from './bench-command.ts';
import type { CommandContext } from './bench-command.ts';
import type { BoardControl, PowerAction } from './board-control.ts';
import type { BoardSources } from './board.ts';

export function commandControl(entry: BoardEntry, sources: BoardSources, context: CommandContext): BoardControl {
  const { name, provision, power, reset } = entry;
  const commands = benchCommands(entry, sources, context);
  const switchPower = async (action: PowerAction, signal?: AbortSignal): Promise<void> => {
    // A board that can only be cycled is off for a moment when it is told to be on.
    const command = { on: power.on ?? power.cycle, off: power.off, cut: power.off, reset: reset ?? power.cycle }[action];
    if (command === undefined) return;
    await commands.run(command, action === 'reset' ? 'reset' : `power ${command === power.cycle ? 'cycle' : action}`, { signal });
    if (action !== 'reset') context.emit({ kind: 'power', action });
  };
  return {
    ...(provision === undefined
      ? {}
      : { provision: (options, signal) => commands.run(provision, 'provision', { image: onlyImage(name, options), signal }) }),
    ...(power.cycle === undefined && power.off === undefined && reset === undefined ? {} : { power: switchPower }),
    close: () => Promise.resolve(),
  };
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
