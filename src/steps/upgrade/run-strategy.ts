/** Does what a strategy says, move by move, until one of them fails or everything is done. */

import { shuffled } from '../../base/rng.ts';
import { SmpRefusal } from '../../client/errors.ts';
import type { StepContext } from '../../device/context.ts';
import type { InputImage } from '../../device/images.ts';
import { perform } from './moves.ts';
import type { UpgradeMode } from '../../language/upgrade-clients.ts';
import type { Move, Strategy } from './strategy.ts';

/** An image of an update, and what is still to be done for it. */
export interface UpgradeImage extends InputImage {
  /** The image number. */
  readonly target: number;
  needs: { readonly upload: boolean; readonly test: boolean; readonly confirm: boolean };
}

export interface Upgrade {
  readonly strategy: Strategy;
  readonly mode: UpgradeMode;
  readonly images: readonly UpgradeImage[];
  readonly eraseSettings: boolean;
  readonly swapMs: number;
  readonly context: StepContext;
  readonly tally: UpgradeTally;
}

/** What has been done so far: readable also when a move failed. */
export interface UpgradeTally {
  readonly done: string[];
  /** The last thing that the client printed. */
  text: string;
  bytes: number;
  uploadSeconds: number;
  /** Clock time at which the board was reset, in ms. */
  resetAt: number;
}

/** Rejects with what ended the client's work; then it reports failure. */
export async function runStrategy(upgrade: Upgrade, moves: readonly Move[]): Promise<void> {
  const { strategy, context, tally } = upgrade;
  const images = strategy.upload.order === 'any' ? shuffled(upgrade.images, context.rng) : upgrade.images;
  const rounds = strategy.images === 'together' ? [images] : images.map((image) => [image]);
  tally.text = strategy.success;
  for (const round of rounds) await runMoves({ ...upgrade, images: round }, moves);
}

async function runMoves(upgrade: Upgrade, moves: readonly Move[]): Promise<void> {
  for (const move of moves) {
    if (move.do !== 'list' && upgrade.images.every(({ needs }) => !needs.upload && !needs.test && !needs.confirm)) {
      upgrade.tally.text = 'nothing to be done: the board runs these images';
      return;
    }
    await tolerantly(move, upgrade);
  }
}

async function tolerantly(move: Move, upgrade: Upgrade): Promise<void> {
  try {
    await perform(move, upgrade);
  } catch (thrown) {
    if (move.tolerates !== 'refusal' || !(thrown instanceof SmpRefusal)) throw thrown;
    upgrade.tally.text = `Error: ${thrown.failure.code}`;
  }
}
