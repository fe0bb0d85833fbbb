/** `upgrade`: a whole update as a known client does it, with the verdict that this client would give. */

import { assert } from '../base/assert.ts';
import { BootproofError } from '../base/errors.ts';
import { millisecondsOf } from '../base/measures.ts';
import type { StepContext } from '../device/context.ts';
import type { InputPackage } from '../device/images.ts';
import type { UpgradeArgs } from '../language/grammar.generated.ts';
import { erasesSettings, upgradeDefaults, type UpgradeMode } from '../language/upgrade-clients.ts';
import type { StepHandler, StepResult } from './step.ts';
import { inputImageOf } from './upload.ts';
import { everything } from './upgrade/moves.ts';
import { runStrategy } from './upgrade/run-strategy.ts';
import type { Upgrade, UpgradeImage } from './upgrade/moves.ts';
import { strategies } from './upgrade/strategies.ts';
import type { Move } from './upgrade/strategy.ts';

/** Two uploads of 1 MiB at 2 KiB/s, and swaps in slow flash. */
const upgradeMs = 30 * 60_000;

export const upgrade: StepHandler<'upgrade'> = {
  timeoutMs: () => upgradeMs,
  run: async (args, context) => {
    const startedAt = context.clock.now();
    const { upgrade: job, moves } = prepare(args, context);
    const verdict = await verdictOf(job, moves, args['report-only'] === true);
    const { done, text, bytes, uploadSeconds } = job.tally;
    const seconds = (context.clock.now() - startedAt) / 1000;
    return {
      verdict,
      text,
      done: done.join(' '),
      bytes,
      seconds,
      rate: uploadSeconds === 0 ? 0 : bytes / uploadSeconds,
    } satisfies StepResult;
  },
};

function prepare(args: UpgradeArgs, context: StepContext): { readonly upgrade: Upgrade; readonly moves: readonly Move[] } {
  const { as: client, mode, 'swap-time': swapTime = '0s', 'erase-settings': eraseSettings = false } = { ...upgradeDefaults, ...args };
  const strategy = strategies[client];
  const moves = (strategy.modes as Partial<Record<UpgradeMode, readonly Move[]>>)[mode];
  assert(moves !== undefined, 'the checks let only modes pass that the client has');
  if (eraseSettings && !erasesSettings(client, mode))
    throw new BootproofError(`${client} does not erase settings in the mode ${mode}`, {
      fault: 'input',
      code: 'upgrade-unable',
      hint: 'remove `erase-settings`, or add a step with `erase: {storage: true}`',
    });
  const tally = { done: [], text: '', bytes: 0, uploadSeconds: 0, resetAt: context.clock.now() };
  const images = imagesOf(args, context);
  return {
    upgrade: { strategy, mode, images, eraseSettings, swapMs: millisecondsOf(swapTime), context, tally },
    moves,
  };
}

function imagesOf({ image, images = [], package: packageName }: UpgradeArgs, context: StepContext): readonly UpgradeImage[] {
  if (packageName !== undefined) return packageOf(packageName, context).images.map((packaged) => ({ ...packaged, needs: everything }));
  const named = image === undefined ? images : [{ image }];
  return named.map((entry) => {
    const { image: name, target = 0 } = entry as { readonly image: string; readonly target?: number };
    return { ...inputImageOf(name, context), target, needs: everything };
  });
}

function packageOf(name: string, { packages }: StepContext): InputPackage {
  const update = packages.get(name);
  if (update !== undefined) return update;
  const hint = `inputs of type package: ${[...packages.keys()].join(', ') || 'none'}`;
  throw new BootproofError(`"${name}" is no package of this pipeline`, { fault: 'input', code: 'package-unknown', hint });
}

async function verdictOf(job: Upgrade, moves: readonly Move[], reportOnly: boolean): Promise<'success' | 'failure'> {
  const { signal, note } = job.context;
  try {
    await runStrategy(job, moves);
    return 'success';
  } catch (thrown) {
    const isReport = thrown instanceof BootproofError && ['product', 'infra'].includes(thrown.fault) && !signal.aborted;
    if (!isReport) throw thrown;
    note(`the client did ${job.tally.done.join(', ')}, and reports failure`);
    if (!reportOnly) throw thrown;
    job.tally.text = thrown.message;
    return 'failure';
  }
}
