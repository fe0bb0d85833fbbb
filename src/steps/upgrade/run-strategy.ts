/** Does what a strategy says, move by move, until one of them fails or everything is done. */

import { shuffled } from '../../base/rng.ts';
import { SmpRefusal } from '../../client/errors.ts';
import { perform, type Upgrade } from './moves.ts';
import type { Move } from './strategy.ts';

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
